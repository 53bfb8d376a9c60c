import * as z from 'zod';
import { TimelineEntry } from '../../contracts/http/videos.ts';
import type { EventId, VideoId } from '../../contracts/ids.ts';
import type { Queryable } from '../../shared/database/pool.ts';

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

/** The timeline entry of a row. */
export const toTimelineEntry = (row: unknown): TimelineEntry => TimelineRow.parse(row);

/**
 * Adds an entry to a video's story, if the video is still there. What an attempt went through is told once, at its
 * earliest time: orders and outcomes may be repeated under other event ids.
 */
export const insertTimelineEntry = async (
  tx: Queryable,
  videoId: VideoId,
  eventId: EventId | undefined,
  entry: TimelineEntry,
): Promise<void> => {
  if (entry.attempt !== undefined) {
    const { rowCount } = await tx.query(
      `UPDATE timeline SET occurred_at = least(occurred_at, $4)
       WHERE video_id = $1 AND type = $2 AND attempt = $3`,
      [videoId, entry.type, entry.attempt, entry.occurredAt],
    );
    if (rowCount !== 0) return;
  }
  await tx.query(
    `INSERT INTO timeline (event_id, video_id, type, occurred_at, attempt, target, code, message)
     SELECT coalesce($2, gen_random_uuid()), id, $3, $4, $5, $6, $7, $8 FROM video WHERE id = $1
     ON CONFLICT (event_id) DO NOTHING`,
    [
      videoId,
      eventId ?? null,
      entry.type,
      entry.occurredAt,
      entry.attempt ?? null,
      entry.target ?? null,
      entry.code ?? null,
      entry.message ?? null,
    ],
  );
};
