import * as z from 'zod';
import { pageOf, Time } from './common.ts';

/* Results: all request and response bodies. Times are ISO 8601 UTC, sizes are in bytes, durations in seconds. */

export const Download = z.object({
  url: z.url(),
  sizeBytes: z.int(),
  sha256: z.string(),
  expiresAt: Time,
});
export type Download = z.infer<typeof Download>;

export const FramesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: z.string().min(1).max(512).optional(),
});

export const FramePage = pageOf(
  z.object({
    index: z.int(),
    /** Seconds from the first frame. */
    timeSeconds: z.number(),
    url: z.url(),
    width: z.int(),
    height: z.int(),
  }),
);
export type FramePage = z.infer<typeof FramePage>;
