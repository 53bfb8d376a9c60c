import * as z from 'zod';

/** A user's id, UUID. */
export const UserId = z.uuid().brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** A video's id, UUID. It is also the id of the video's saga. */
export const VideoId = z.uuid().brand<'VideoId'>();
export type VideoId = z.infer<typeof VideoId>;

/** An event's id, UUID v7: the key of every deduplication, from the outbox to the inbox. */
export const EventId = z.uuid({ version: 'v7' }).brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

/** One run of one attempt of an extraction, UUID. Its output lies below a prefix of this name. */
export const RunId = z.uuid().brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** Ties together everything that one HTTP call set in motion: logs, events, journal. */
export const CorrelationId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .brand<'CorrelationId'>();
export type CorrelationId = z.infer<typeof CorrelationId>;
