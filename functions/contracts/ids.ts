import * as z from 'zod';

/*
 * Ids are lower-cased where they are parsed. A UUID may be sent in upper case (Swift prints it so) and PostgreSQL
 * compares without regard to case, but S3 keys, DynamoDB keys, Redis keys and SQS groups are plain text: one id needs
 * one spelling. `toLowerCase` is a check of the string schema, so each schema stays a string of format `uuid`.
 */

/** A user's id, UUID in lower case. */
export const UserId = z.uuid().toLowerCase().brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** A video's id, UUID in lower case. It is also the id of the video's saga. */
export const VideoId = z.uuid().toLowerCase().brand<'VideoId'>();
export type VideoId = z.infer<typeof VideoId>;

/** An event's id, UUID v7 in lower case: the key of every deduplication, from the outbox to the inbox. */
export const EventId = z.uuid({ version: 'v7' }).toLowerCase().brand<'EventId'>();
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
