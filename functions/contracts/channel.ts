import type { EventId, VideoId } from './ids.ts';

/** The Redis Pub/Sub channel that every saga event travels on. */
export const SAGA_EVENTS_CHANNEL = 'saga_events';

/** Set by the relay after every inbox of the event accepted it; the outbox sweepers close their rows by it. */
export const relayedKey = (eventId: EventId): string => `relayed:${eventId}`;
export const RELAYED_TTL_SECONDS = 24 * 3600;

/** A hash of `framesDone` and `framesExpected`, refreshed by the extraction; it expires when no extraction runs. */
export const progressKey = (videoId: VideoId): string => `progress:${videoId}`;
export const PROGRESS_TTL_SECONDS = 15 * 60;

/**
 * The owner of a video that was just created. It bridges the moment until VIDEO_CREATED reaches the download context,
 * which then answers "not ready" instead of "not found". Once that context has a row, the row alone counts.
 */
export const newOwnerKey = (videoId: VideoId): string => `new-owner:${videoId}`;
