import type { EventId, VideoId } from './ids.ts';

/** The Redis Pub/Sub channel for all saga events. */
export const SAGA_EVENTS_CHANNEL = 'saga_events';

/** The relay sets this key after every inbox accepted the event. The outbox sweepers then close the event's row. */
export const relayedKey = (eventId: EventId): string => `relayed:${eventId}`;
export const RELAYED_TTL_SECONDS = 24 * 3600;

/** A hash of `framesDone` and `framesExpected`. The extraction refreshes it; it expires when no extraction runs. */
export const progressKey = (videoId: VideoId): string => `progress:${videoId}`;
export const PROGRESS_TTL_SECONDS = 15 * 60;

/**
 * The owner of a new video. Until VIDEO_CREATED reaches the download context, this key lets that context answer "not
 * ready" instead of "not found". Once the context has a row, it uses only the row.
 */
export const newOwnerKey = (videoId: VideoId): string => `new-owner:${videoId}`;
