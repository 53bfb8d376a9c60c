import * as z from 'zod';
import { UserId, VideoId } from '../../contracts/ids.ts';
import type { Artifact } from '../core/artifact.ts';

const owner = { video_id: VideoId, user_id: UserId, file_name: z.string() };

/** The columns of an ArtifactRow. */
export const ARTIFACT_COLUMNS = `video_id, user_id, state, file_name, refusal, attempt, zip_key, manifest_key, size_bytes,
  sha256, frames, expires_at, extract(epoch FROM expires_at - now()) AS seconds_left`;

/** Stores an artifact. The parameters are its columns. */
export const STORE = `UPDATE artifact SET state = $2, file_name = $3, refusal = $4, attempt = $5, zip_key = $6,
  manifest_key = $7, size_bytes = $8, sha256 = $9, frames = $10, expires_at = $11, updated_at = now()
  WHERE video_id = $1`;

/** The parameters of STORE. */
export const toColumns = (artifact: Artifact): unknown[] => {
  const { videoId, fileName, state } = artifact;
  const refusal = state === 'REFUSED' ? artifact.refusal : null;
  const archive = state === 'AVAILABLE' ? artifact.archive : undefined;
  const { attempt, zipKey, manifestKey, sizeBytes, sha256, frames, expiresAt } = archive ?? {};
  return [
    ...[videoId, state, fileName, refusal],
    ...[attempt, zipKey, manifestKey, sizeBytes, sha256, frames, expiresAt],
  ];
};

/** A row of `artifact` with `seconds_left`. bigint and numeric columns are text. */
const ArtifactRow = z.discriminatedUnion('state', [
  z.object({
    ...owner,
    state: z.enum(['AWAITED', 'NOT_UPLOADED', 'PENDING', 'EXPIRED', 'DISCARDED', 'DELETED']),
  }),
  z.object({ ...owner, state: z.literal('REFUSED'), refusal: z.string() }),
  z.object({
    ...owner,
    state: z.literal('AVAILABLE'),
    attempt: z.int(),
    zip_key: z.string(),
    manifest_key: z.string(),
    size_bytes: z.coerce.number(),
    sha256: z.string(),
    frames: z.int(),
    expires_at: z.date(),
    seconds_left: z.coerce.number(),
  }),
]);

/** Converts a row to an artifact. */
export const toArtifact = (input: unknown): Artifact => {
  const row = ArtifactRow.parse(input);
  const artifact = { videoId: row.video_id, userId: row.user_id, fileName: row.file_name };
  if (row.state === 'REFUSED') return { ...artifact, state: row.state, refusal: row.refusal };
  if (row.state !== 'AVAILABLE') return { ...artifact, state: row.state };
  return {
    ...artifact,
    state: row.state,
    archive: {
      attempt: row.attempt,
      zipKey: row.zip_key,
      manifestKey: row.manifest_key,
      sizeBytes: row.size_bytes,
      sha256: row.sha256,
      frames: row.frames,
      expiresAt: row.expires_at,
      secondsLeft: row.seconds_left,
    },
  };
};

const OverdueRow = z.object({
  video_id: VideoId,
  user_id: UserId,
  zip_key: z.string(),
  manifest_key: z.string(),
});

/** Converts a row to the objects to remove. */
export const toOverdue = (input: unknown) => {
  const row = OverdueRow.parse(input);
  return { videoId: row.video_id, userId: row.user_id, zipKey: row.zip_key, manifestKey: row.manifest_key };
};
