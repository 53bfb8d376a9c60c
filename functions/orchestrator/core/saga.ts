import * as z from 'zod';
import { ExtractionTarget, SagaEvent, SourceDescription } from '../../contracts/events.ts';
import { FailureCode } from '../../contracts/failures.ts';
import { CorrelationId, EventId, UserId, VideoId } from '../../contracts/ids.ts';

const Instant = z.iso.datetime();
const Attempt = z.int().positive();

/** How often a deadline of this state has passed. The wait doubles each time. */
const Repeats = z.int().nonnegative().default(0);

/**
 * The state of a saga. A passed deadline is not a failure: the orchestrator repeats its order (ADR 16).
 *
 * - AWAITING_SOURCE: an event about an attempt arrived before FILE_UPLOADED (queues guarantee no order between
 *   producers). `failedAttempt` and `code` are set if that event was a failure.
 * - PROCESSING: attempt `attempt` was ordered. `takenOn` is true once a run has claimed it; until then it only waits.
 *   At `deadlineAt` the order is repeated.
 * - BACKING_OFF: attempt `attempt` will be ordered at `deadlineAt`.
 * - PUBLISHING: the ZIP exists. At `deadlineAt` its attempt is ordered once more, and the finished job only repeats its
 *   result.
 * - COMPLETED, FAILED, DELETED: finished. A completed or failed saga can still become DELETED.
 */
export const SagaState = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('AWAITING_SOURCE'),
    failedAttempt: Attempt.optional(),
    code: FailureCode.optional(),
  }),
  z.object({
    status: z.literal('PROCESSING'),
    attempt: Attempt,
    target: ExtractionTarget,
    source: SourceDescription,
    takenOn: z.boolean().default(false),
    repeats: Repeats,
    deadlineAt: Instant,
  }),
  z.object({
    status: z.literal('BACKING_OFF'),
    attempt: Attempt,
    target: ExtractionTarget,
    source: SourceDescription,
    deadlineAt: Instant,
  }),
  z.object({
    status: z.literal('PUBLISHING'),
    attempt: Attempt,
    /** The last ordered attempt, if the result is a late one of an earlier attempt. */
    lastOrdered: Attempt.optional(),
    /** Unknown if FILE_PROCESSED arrived before FILE_UPLOADED. */
    source: SourceDescription.optional(),
    repeats: Repeats,
    deadlineAt: Instant,
  }),
  z.object({ status: z.literal('COMPLETED') }),
  z.object({ status: z.literal('FAILED'), code: FailureCode }),
  z.object({ status: z.literal('DELETED') }),
]);
export type SagaState = z.infer<typeof SagaState>;

/**
 * Maximum journal entries per saga. Three attempts create about fifteen; more come only from events that are repeated
 * with new ids. DynamoDB's item limit is 400 KB. If an entry was dropped, the state ignores duplicates of its event.
 */
export const MAX_JOURNAL_ENTRIES = 200;

/** One entry in a saga's journal: a handled event and its effect. */
export const JournalEntry = z.object({
  eventId: EventId,
  type: z.string(),
  /** When the event occurred, and when the orchestrator handled it. */
  occurredAt: Instant,
  handledAt: Instant,
  attempt: Attempt.optional(),
  code: FailureCode.optional(),
  /** The status after the event. */
  status: z.string(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** A stored saga. One item holds its state, its journal and its unacknowledged events. */
export const Saga = z.object({
  sagaId: VideoId,
  userId: UserId,
  correlationId: CorrelationId,
  /** Number of writes. Each write checks the previous number. */
  version: z.int().positive(),
  state: SagaState,
  journal: z.array(JournalEntry),
  /** Emitted events that the relay has not acknowledged yet. */
  pending: z.array(SagaEvent),
});
export type Saga = z.infer<typeof Saga>;
