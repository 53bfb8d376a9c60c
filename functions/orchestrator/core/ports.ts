import type { SagaEvent } from '../../contracts/events.ts';
import type { EventId, VideoId } from '../../contracts/ids.ts';
import type { Saga } from './saga.ts';

/** Stores the sagas. */
export interface SagaRepository {
  /** Loads a saga with a strongly consistent read. */
  load(sagaId: VideoId): Promise<Saga | undefined>;
  /**
   * Stores the saga in one write, on condition that the stored version is the previous one. `dueAt` is when the sweeper
   * must check it; undefined for never. Returns false if another writer was faster.
   */
  save(saga: Saga, dueAt: string | undefined): Promise<boolean>;
  /** Ids of the sagas that are due at `now`, longest due first. */
  findDue(now: Date, limit: number): Promise<VideoId[]>;
}

/** Access to the channel. */
export interface EventChannel {
  /** Publishes events. Never throws; the sweeper republishes lost events. */
  publish(events: readonly SagaEvent[]): Promise<void>;
  /** The ids of those events that the relay has acknowledged. */
  acknowledged(events: readonly SagaEvent[]): Promise<ReadonlySet<EventId>>;
}
