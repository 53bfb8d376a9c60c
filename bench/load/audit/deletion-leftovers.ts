import type { Upload } from '../uploads.ts';
import type { Stored } from './rows.ts';

/** What is stored outside the databases. */
export interface StoredKeys {
  /** Of the objects. */
  readonly objects: readonly string[];
  /** Of the multipart uploads under way. */
  readonly multipart: readonly string[];
}

/** The one state that a tombstone has, in each context that keeps one. */
const DELETED = 'DELETED';

/**
 * What is left of videos whose deletion was accepted, a line for each: a row other than a tombstone, a saga that is not
 * DELETED or still has something to say, an object, a multipart upload. And the video itself, where its user still saw it.
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
    if (seenAfterDeletion) found.push('its user still saw it');
    if (video !== undefined) found.push(`its row, ${video.status}`);
    if (artifact !== undefined && artifact.state !== DELETED) found.push(`its artifact, ${artifact.state}`);
    if (job !== undefined && job.status !== DELETED) found.push(`its job, ${job.status}`);
    if (saga === undefined) found.push('no saga that says so');
    else if (saga.state.status !== DELETED) found.push(`its saga, ${saga.state.status}`);
    else if (saga.pending.length > 0) found.push(`${saga.pending.length} events of its saga`);
    found.push(...keysOf(videoId, objects).map((key) => `the object ${key}`));
    found.push(...keysOf(videoId, multipart).map((key) => `a multipart upload of ${key}`));
    return found.map((what) => `${videoId} (${clip}) was deleted; left: ${what}`);
  });
};

const keysOf = (videoId: string, keys: readonly string[]): string[] =>
  keys.filter((key) => key.includes(`/videos/${videoId}/`));
