import type { SagaEventOf } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import type { VideoFailure } from './video.ts';

/** The events that a video's status or timeline follows. */
export type FollowedEvent = SagaEventOf<
  'PROCESS_FILE' | 'EXTRACTION_STARTED' | 'FILE_PROCESSED' | 'FILE_FAILED' | 'FILE_AVAILABLE' | 'DISCARD_FILE'
>;

/** What an event does to the video that it is about. */
export interface VideoChange {
  /** The status to move to, where that is forward; undefined for events that are only told. */
  to: StatusChange | undefined;
  entry: TimelineEntry;
}

export type StatusChange =
  | { status: 'PROCESSING' }
  | { status: 'READY'; frames: number; expiresAt: string }
  | { status: 'FAILED'; failure: VideoFailure };

/** What the event does; undefined for the one that removes the video. */
export const changeOf = (event: FollowedEvent): VideoChange | undefined => {
  const { type, occurredAt } = event;
  switch (type) {
    case 'PROCESS_FILE': {
      const { attempt, target } = event.payload;
      // Ordered, not begun: the video waits in UPLOADED until a run takes it on.
      return { to: undefined, entry: { type, occurredAt, attempt, target } };
    }
    case 'EXTRACTION_STARTED': {
      const { attempt, target } = event.payload;
      return { to: { status: 'PROCESSING' }, entry: { type, occurredAt, attempt, target } };
    }
    case 'FILE_PROCESSED':
      return { to: undefined, entry: { type, occurredAt, attempt: event.payload.attempt } };
    case 'FILE_FAILED': {
      const { attempt, code, message } = event.payload;
      return { to: undefined, entry: { type, occurredAt, attempt, code, message } };
    }
    case 'FILE_AVAILABLE': {
      const { attempt, frames, expiresAt } = event.payload;
      return { to: { status: 'READY', frames, expiresAt }, entry: { type, occurredAt, attempt } };
    }
    case 'DISCARD_FILE': {
      if (event.payload.reason === 'DELETED') return undefined;
      const { code, message } = event.payload;
      return {
        to: { status: 'FAILED', failure: { code, message } },
        entry: { type, occurredAt, code, message },
      };
    }
  }
};
