import type { SagaEventOf } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import { match } from '../../contracts/match.ts';
import type { VideoFailure } from './video.ts';

/** The events that a video's status or timeline follows. */
export type FollowedEvent = ProgressEvent | SagaEventOf<'DISCARD_FILE'>;

/** The events of a saga that goes on. */
export type ProgressEvent = SagaEventOf<
  'PROCESS_FILE' | 'EXTRACTION_STARTED' | 'FILE_PROCESSED' | 'FILE_FAILED' | 'FILE_AVAILABLE'
>;

/** What an event does to the video that it is about. */
export interface VideoChange {
  /** The status to move to, where that is forward; undefined for events that are only told. */
  to: StatusChange | undefined;
  entry: TimelineEntry;
}

/** A status, with the facts that are stored with it. */
export type StatusChange =
  | { status: 'EXPIRED' | 'UPLOADED' | 'PROCESSING' }
  | { status: 'READY'; frames: number; expiresAt: string }
  | { status: 'FAILED'; failure: VideoFailure };

/** What an event of a saga that goes on does. */
export const changeOf = (event: ProgressEvent): VideoChange =>
  match<ProgressEvent['type'], VideoChange>(event, {
    // Ordered, not begun: the video waits in UPLOADED until a run takes it on.
    PROCESS_FILE: ({ type, occurredAt, payload: { attempt, target } }) => ({
      to: undefined,
      entry: { type, occurredAt, attempt, target },
    }),
    EXTRACTION_STARTED: ({ type, occurredAt, payload: { attempt, target } }) => ({
      to: { status: 'PROCESSING' },
      entry: { type, occurredAt, attempt, target },
    }),
    FILE_PROCESSED: ({ type, occurredAt, payload: { attempt } }) => ({
      to: undefined,
      entry: { type, occurredAt, attempt },
    }),
    FILE_FAILED: ({ type, occurredAt, payload: { attempt, code, message } }) => ({
      to: undefined,
      entry: { type, occurredAt, attempt, code, message },
    }),
    FILE_AVAILABLE: ({ type, occurredAt, payload: { attempt, frames, expiresAt } }) => ({
      to: { status: 'READY', frames, expiresAt },
      entry: { type, occurredAt, attempt },
    }),
  });

/** What the end of a saga that gave up does. */
export const changeOfGivingUp = (
  { type, occurredAt }: Pick<SagaEventOf<'DISCARD_FILE'>, 'type' | 'occurredAt'>,
  { code, message }: VideoFailure,
): VideoChange => ({
  to: { status: 'FAILED', failure: { code, message } },
  entry: { type, occurredAt, code, message },
});
