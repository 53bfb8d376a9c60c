import type { SagaEvent } from '../../contracts/events.ts';
import type { EventId, VideoId } from '../../contracts/ids.ts';
import type { Saga } from './saga.ts';

/** Where sagas are kept. */
export interface SagaRepository {
  /** Strongly consistent. */
  load(sagaId: VideoId): Promise<Saga | undefined>;
  /**
   * Stores the saga in one write, on condition that the stored version is the one before; `dueAt` is when the
   * sweeper is to look at it, undefined for never. False where another writer was first.
   */
  save(saga: Saga, dueAt: string | undefined): Promise<boolean>;
  /** Ids of the sagas that were due before `now`, the longest due first. */
  findDue(now: Date, limit: number): Promise<VideoId[]>;
}

/** The way to the channel. */
export interface EventChannel {
  /** Publishes, never throws: what is lost on the way, the sweeper repeats. */
  publish(events: readonly SagaEvent[]): Promise<void>;
  /** Which of these the relay has acknowledged. */
  acknowledged(events: readonly SagaEvent[]): Promise<ReadonlySet<EventId>>;
}
