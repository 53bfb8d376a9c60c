import type { SagaEvent } from '../../contracts/events.ts';
import type { RunId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import type { RunObjects } from '../../contracts/storage-keys.ts';
import type { JobChange } from './job.ts';

/** What is to become of a job, and the answer to the caller. All parts are stored in one transaction. */
export interface JobDecision<Answer> {
  answer: Answer;
  change?: JobChange;
  /** A run that begins: its output is removed unless it wins. */
  begins?: RunObjects & { endsAt: Date };
  /** The run that won: its output is the result. */
  wins?: RunId;
  /** The order that this change ends: it is marked as consumed. */
  ends?: Pick<SagaEvent, 'id' | 'type'>;
  events: readonly SagaEvent[];
}

/** When a decision is made. */
export interface Moment {
  /** The database's time: leases, ends and stored times follow no other clock. */
  now: Date;
  /** For the event that tells of the decision. */
  stamp: EventStamp;
}

/** The job stays as it is. */
export const unchanged = <Answer>(answer: Answer): JobDecision<Answer> => ({ answer, events: [] });
