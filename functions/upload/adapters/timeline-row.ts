import * as z from 'zod';
import { TimelineEntry } from '../../contracts/http/videos.ts';

const TimelineRow = z
  .object({
    type: TimelineEntry.shape.type,
    occurred_at: z.date(),
    attempt: z.int().nullable(),
    target: z.string().nullable(),
    code: z.string().nullable(),
    message: z.string().nullable(),
  })
  .transform(
    (row): TimelineEntry => ({
      type: row.type,
      occurredAt: row.occurred_at.toISOString(),
      ...(row.attempt !== null && { attempt: row.attempt }),
      ...(row.target !== null && { target: row.target }),
      ...(row.code !== null && { code: row.code }),
      ...(row.message !== null && { message: row.message }),
    }),
  );

/** Converts a row to a timeline entry. */
export const toTimelineEntry = (row: unknown): TimelineEntry => TimelineRow.parse(row);
