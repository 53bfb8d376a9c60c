import type { SagaEventOf } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import { match } from '../../contracts/match.ts';
import type { VideoFailure } from './video.ts';

/** The events that change a video's status or timeline. */
export type FollowedEvent = ProgressEvent | SagaEventOf<'DISCARD_FILE'>;

/** The events of a running saga. */
export type ProgressEvent = SagaEventOf<
  'PROCESS_FILE' | 'EXTRACTION_STARTED' | 'FILE_PROCESSED' | 'FILE_FAILED' | 'FILE_AVAILABLE'
>;

/** The change that an event makes to its video. */
export interface VideoChange {
  /** The new status, applied if it is later; undefined for events that only appear in the timeline. */
  to: StatusChange | undefined;
  entry: TimelineEntry;
}

/** A status with its data. */
export type StatusChange =
  | { status: 'EXPIRED' | 'UPLOADED' | 'PROCESSING' }
  | { status: 'READY'; frames: number; expiresAt: string }
  | { status: 'FAILED'; failure: VideoFailure };

/** The change for an event of a running saga. */
export const changeOf = (event: ProgressEvent): VideoChange =>
  match<ProgressEvent['type'], VideoChange>(event, {
    // The attempt has not begun yet: the video stays UPLOADED until a run claims it.
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

/** The change when the saga has failed. */
export const changeOfGivingUp = (
  { type, occurredAt }: Pick<SagaEventOf<'DISCARD_FILE'>, 'type' | 'occurredAt'>,
  { code, message }: VideoFailure,
): VideoChange => ({
  to: { status: 'FAILED', failure: { code, message } },
  entry: { type, occurredAt, code, message },
});
