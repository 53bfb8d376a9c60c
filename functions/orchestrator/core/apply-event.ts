import type { SagaEvent } from '../../contracts/events.ts';
import type { EventId } from '../../contracts/ids.ts';
import { type EventOrigin, type EventStamp, newEvent } from '../../contracts/new-event.ts';
import type { Draft } from './decisions.ts';
import { decideOverdue } from './overdue.ts';
import type { SagaPolicy } from './policy.ts';
import { type JournalEntry, MAX_JOURNAL_ENTRIES, type Saga } from './saga.ts';
import { decide, type Fact, IGNORED_TYPES } from './strategies.ts';

/** A saga to store, and the events to publish afterwards. */
export interface SagaChange {
  saga: Saga;
  publish: readonly SagaEvent[];
}

/** Whether the orchestrator handles this event. */
export const isFact = (event: SagaEvent): event is Fact =>
  !IGNORED_TYPES.some((ignored) => ignored === event.type);

/**
 * The change that an event causes; undefined if the journal already contains the event: a redelivery, or the retry of a
 * write whose response was lost.
 */
export const applyEvent = (
  saga: Saga | undefined,
  event: Fact,
  now: Date,
  policy: SagaPolicy,
  stamp: () => EventStamp,
): SagaChange | undefined => {
  if (saga?.journal.some((entry) => entry.eventId === event.id)) return undefined;
  const decision = decide(saga?.state, event, now, policy);
  const publish = decision.drafts.map((draft) => toEvent(draft, event, event.id, stamp()));
  const before = saga ?? {
    sagaId: event.sagaId,
    userId: event.userId,
    correlationId: event.correlationId,
    version: 0,
    journal: [],
    pending: [],
  };
  const journal = [...before.journal, journalEntry(event, decision.state.status, now)].slice(
    -MAX_JOURNAL_ENTRIES,
  );
  return { saga: withChange(before, { state: decision.state, journal }, publish), publish };
};

/**
 * The change that a passed deadline causes; undefined if no deadline has passed. An order that the relay has not
 * acknowledged is not created again, because the sweeper republishes the pending one.
 */
export const applyOverdue = (
  saga: Saga,
  now: Date,
  policy: SagaPolicy,
  stamp: () => EventStamp,
): SagaChange | undefined => {
  const decision = decideOverdue(saga.state, now, policy);
  if (decision === undefined) return undefined;
  const causationId = saga.journal.at(-1)?.eventId ?? null;
  const publish = decision.drafts
    .filter((draft) => !isPending(saga, draft))
    .map((draft) => toEvent(draft, saga, causationId, stamp()));
  return { saga: withChange(saga, { state: decision.state }, publish), publish };
};

const isPending = ({ pending }: Saga, draft: Draft): boolean =>
  draft.type === 'PROCESS_FILE' &&
  pending.some((event) => event.type === 'PROCESS_FILE' && event.payload.attempt === draft.payload.attempt);

/** Adds the envelope to a draft. */
const toEvent = (
  draft: Draft,
  origin: EventOrigin,
  causationId: EventId | null,
  stamp: EventStamp,
): SagaEvent =>
  draft.type === 'PROCESS_FILE'
    ? newEvent('PROCESS_FILE', origin, draft.payload, stamp, causationId)
    : newEvent('DISCARD_FILE', origin, draft.payload, stamp, causationId);

/** The saga without the pending events that the relay has acknowledged. */
export const acknowledge = (saga: Saga, relayed: ReadonlySet<EventId>): Saga => ({
  ...saga,
  version: saga.version + 1,
  pending: saga.pending.filter((event) => !relayed.has(event.id)),
});

const withChange = (
  saga: Omit<Saga, 'state'>,
  change: Pick<Saga, 'state'> & Partial<Pick<Saga, 'journal'>>,
  publish: readonly SagaEvent[],
): Saga => ({
  ...saga,
  ...change,
  version: saga.version + 1,
  pending: [...saga.pending, ...publish],
});

const journalEntry = (event: Fact, status: string, now: Date): JournalEntry => ({
  eventId: event.id,
  type: event.type,
  occurredAt: event.occurredAt,
  handledAt: now.toISOString(),
  status,
  ...('attempt' in event.payload && { attempt: event.payload.attempt }),
  ...('code' in event.payload && { code: event.payload.code }),
});
