import type { VideoId } from '../../contracts/ids.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import type { VideoDecision } from '../core/decide.ts';
import type { StatusChange } from '../core/saga-changes.ts';

/**
 * Moves video `$1` to status `$2` (unless it is NULL) and adds an entry to its timeline, in one round trip. The
 * timeline shows each step of an attempt once, at its earliest time, because orders and outcomes may be repeated with
 * other event ids.
 */
const STORE = `
  WITH moved AS (
    UPDATE video SET status = $2::text, frames = coalesce($3::integer, frames),
      expires_at = coalesce($4::timestamptz, expires_at), failure_code = coalesce($5::text, failure_code),
      failure_message = coalesce($6::text, failure_message),
      uploaded_at = CASE WHEN $2::text = 'UPLOADED' THEN now() ELSE uploaded_at END, updated_at = now()
    WHERE id = $1::uuid AND $2::text IS NOT NULL
  ), known_entry AS (
    UPDATE timeline SET occurred_at = least(occurred_at, $9::timestamptz(3))
    WHERE video_id = $1::uuid AND type = $8::text AND attempt = $10::integer
    RETURNING 1
  )
  INSERT INTO timeline (video_id, event_id, type, occurred_at, attempt, target, code, message)
  SELECT $1::uuid, $7::uuid, $8::text, $9::timestamptz(3), $10::integer, $11::text, $12::text, $13::text
  WHERE NOT EXISTS (SELECT FROM known_entry)
  ON CONFLICT (event_id) DO NOTHING`;

/** Stores the status and the timeline entry of a decision. The caller's transaction holds the video's lock. */
export const storeDecision = async (
  tx: Queryable,
  id: VideoId,
  { to, timeline: { eventId, entry } }: Omit<VideoDecision, 'events'>,
): Promise<void> => {
  const { type, occurredAt, attempt, target, code, message } = entry;
  await tx.query(STORE, [
    ...[id, ...toColumns(to)],
    ...[eventId, type, occurredAt, attempt, target, code, message],
  ]);
};

/** Status, frames, expiry, failure code and failure message. A column without a value keeps its old value. */
const toColumns = (to: StatusChange | undefined): unknown[] => {
  const { frames, expiresAt } = to?.status === 'READY' ? to : {};
  const { code, message } = to?.status === 'FAILED' ? to.failure : {};
  return [to?.status, frames, expiresAt, code, message];
};
