import * as z from 'zod';

/* Parsing an id converts it to lower case. A client may send a UUID in upper case (Swift prints it so), and PostgreSQL
 * ignores the case. But S3 keys, DynamoDB keys, Redis keys and SQS groups are plain text, so an id needs one spelling.
 * `toLowerCase` is a check of the string schema, so each schema stays a string of format `uuid`.
 */

/** A user's id, UUID in lower case. */
export const UserId = z.uuid().toLowerCase().brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** A video's id, UUID in lower case. It is also the id of the video's saga. */
export const VideoId = z.uuid().toLowerCase().brand<'VideoId'>();
export type VideoId = z.infer<typeof VideoId>;

/** An event's id, UUID v7 in lower case: the deduplication key from the outbox to the inbox. */
export const EventId = z.uuid({ version: 'v7' }).toLowerCase().brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

/** The id of one run of an extraction attempt, UUID. Its output is stored under a prefix with this name. */
export const RunId = z.uuid().brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** Connects everything that one HTTP call caused: logs, events, journal. */
export const CorrelationId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .brand<'CorrelationId'>();
export type CorrelationId = z.infer<typeof CorrelationId>;
