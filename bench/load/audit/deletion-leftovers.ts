import type { Upload } from '../uploads.ts';
import type { Stored } from './rows.ts';

/** Keys in the object store. */
export interface StoredKeys {
  /** Keys of the objects. */
  readonly objects: readonly string[];
  /** Keys of the multipart uploads in progress. */
  readonly multipart: readonly string[];
}

/** The state of a tombstone, in every context that stores tombstones. */
const DELETED = 'DELETED';

/**
 * One line per leftover of a video whose deletion was accepted: a row other than a tombstone, a saga that is not
 * DELETED or has pending events, an object or a multipart upload. Also the video itself, if its user could still read
 * it.
 */
export const deletionLeftovers = (
  uploads: readonly Upload[],
  { videos, artifacts, jobs, sagas }: Pick<Stored, 'videos' | 'artifacts' | 'jobs' | 'sagas'>,
  { objects, multipart }: StoredKeys,
): string[] => {
  const videoOf = new Map(videos.map((video) => [video.id, video]));
  const artifactOf = new Map(artifacts.map((artifact) => [artifact.videoId, artifact]));
  const jobOf = new Map(jobs.map((job) => [job.videoId, job]));
  const sagaOf = new Map(sagas.map((saga) => [String(saga.sagaId), saga]));
  return uploads.flatMap(({ videoId = '', deletedAt, seenAfterDeletion, clip }) => {
    if (deletedAt === undefined) return [];
    const found: string[] = [];
    const [video, artifact, job] = [videoOf.get(videoId), artifactOf.get(videoId), jobOf.get(videoId)];
    const saga = sagaOf.get(videoId);
    if (seenAfterDeletion) found.push('its user could still read it');
    if (video !== undefined) found.push(`its row, ${video.status}`);
    if (artifact !== undefined && artifact.state !== DELETED) found.push(`its artifact, ${artifact.state}`);
    if (job !== undefined && job.status !== DELETED) found.push(`its job, ${job.status}`);
    if (saga === undefined) found.push('no saga that records the deletion');
    else if (saga.state.status !== DELETED) found.push(`its saga, ${saga.state.status}`);
    else if (saga.pending.length > 0) found.push(`${saga.pending.length} events of its saga`);
    found.push(...keysOf(videoId, objects).map((key) => `the object ${key}`));
    found.push(...keysOf(videoId, multipart).map((key) => `a multipart upload of ${key}`));
    return found.map((what) => `${videoId} (${clip}) was deleted; left: ${what}`);
  });
};

const keysOf = (videoId: string, keys: readonly string[]): string[] =>
  keys.filter((key) => key.includes(`/videos/${videoId}/`));
