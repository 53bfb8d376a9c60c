import * as z from 'zod';
import { ExtractionTarget, SagaEvent, SourceDescription } from '../../contracts/events.ts';
import { FailureCode } from '../../contracts/failures.ts';
import { CorrelationId, EventId, UserId, VideoId } from '../../contracts/ids.ts';

const Instant = z.iso.datetime();
const Attempt = z.int().positive();

/** How often a deadline of this state has passed and its question was repeated; each time the wait doubles. */
const Repeats = z.int().nonnegative().default(0);

/**
 * Where a saga stands. No deadline fails anything: when one passes, the orchestrator asks again (ADR 16).
 *
 * - AWAITING_SOURCE: an event about an attempt arrived before FILE_UPLOADED (queues promise no order between
 *   producers). `failedAttempt` and `code` are set where that event was a failure.
 * - PROCESSING: attempt `attempt` was ordered. `takenOn` tells whether a run has claimed it; until then it only waits.
 *   At `deadlineAt` the order is repeated.
 * - BACKING_OFF: attempt `attempt` is to be ordered at `deadlineAt`.
 * - PUBLISHING: the ZIP exists. At `deadlineAt` its attempt is ordered once more: the finished job then repeats its
 *   result, without work.
 * - COMPLETED, FAILED, DELETED: over. A deletion ends even a completed or failed saga.
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
    /** The last attempt that was ordered, where the result is one of an earlier attempt, come late. */
    lastOrdered: Attempt.optional(),
    /** Unknown where FILE_PROCESSED came before FILE_UPLOADED. */
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
 * Maximum journal entries per saga. Three attempts make about fifteen; more come only from events repeated under new
 * ids. DynamoDB stores no item above 400 KB. Duplicates of a dropped entry meet a state that ignores them.
 */
export const MAX_JOURNAL_ENTRIES = 200;

/** One line of a saga's story: an event heard, and what came of it. */
export const JournalEntry = z.object({
  eventId: EventId,
  type: z.string(),
  /** When the event said it happened, and when the orchestrator acted on it. */
  occurredAt: Instant,
  handledAt: Instant,
  attempt: Attempt.optional(),
  code: FailureCode.optional(),
  /** The status after it. */
  status: z.string(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** A saga as stored: one item holds its state, its journal and the events still to be acknowledged. */
export const Saga = z.object({
  sagaId: VideoId,
  userId: UserId,
  correlationId: CorrelationId,
  /** Counts the writes; each is conditional on the one before. */
  version: z.int().positive(),
  state: SagaState,
  journal: z.array(JournalEntry),
  /** Events decided on and not yet acknowledged by the relay. */
  pending: z.array(SagaEvent),
});
export type Saga = z.infer<typeof Saga>;
