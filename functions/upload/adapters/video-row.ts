import * as z from 'zod';
import { FailureCode } from '../../contracts/failures.ts';
import { VideoStatus } from '../../contracts/http/videos.ts';
import { CorrelationId, UserId, VideoId } from '../../contracts/ids.ts';
import { MIN_RESULT_SECONDS } from '../../contracts/limits.ts';
import type { StoredVideo } from '../core/video.ts';

/**
 * The columns of a VideoRow. The database's clock decides whether the result has expired, with the same rule as in the
 * download context: a video is READY while its ZIP can be downloaded.
 */
export const VIDEO_COLUMNS = `id, user_id, file_name, declared_bytes, content_type, interval_seconds, storage_key,
  correlation_id, form_expires_at, frames, expires_at, failure_code, failure_message, created_at, updated_at,
  CASE
    WHEN status = 'READY' AND expires_at - now() < make_interval(secs => ${MIN_RESULT_SECONDS}) THEN 'RESULT_EXPIRED'
    ELSE status
  END AS status`;

/** A row of `video`. bigint columns are text. */
const VideoRow = z.object({
  id: VideoId,
  user_id: UserId,
  file_name: z.string(),
  declared_bytes: z.coerce.number(),
  content_type: z.string(),
  interval_seconds: z.int(),
  storage_key: z.string(),
  correlation_id: CorrelationId,
  status: VideoStatus,
  form_expires_at: z.date(),
  frames: z.int().nullable(),
  expires_at: z.date().nullable(),
  failure_code: FailureCode.nullable(),
  failure_message: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** Converts a row to a video. */
export const toVideo = (row: unknown): StoredVideo => {
  const video = VideoRow.parse(row);
  return {
    id: video.id,
    userId: video.user_id,
    fileName: video.file_name,
    declaredBytes: video.declared_bytes,
    contentType: video.content_type,
    intervalSeconds: video.interval_seconds,
    storageKey: video.storage_key,
    correlationId: video.correlation_id,
    status: video.status,
    formExpiresAt: video.form_expires_at,
    frames: video.frames ?? undefined,
    expiresAt: video.expires_at ?? undefined,
    failure:
      video.failure_code === null
        ? undefined
        : { code: video.failure_code, message: video.failure_message ?? '' },
    createdAt: video.created_at,
    updatedAt: video.updated_at,
  };
};
