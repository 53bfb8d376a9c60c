import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Manifest } from '../../../functions/contracts/manifest.ts';
import type { System } from '../system.ts';
import type { ArtifactRow, VideoRow } from './rows.ts';

const VIDEO_KEY = /^users\/([^/]+)\/videos\/([^/]+)\/.+$/;

/** The stored data of the videos that may own objects. */
export interface ObjectOwners {
  readonly videos: readonly VideoRow[];
  readonly artifacts: readonly ArtifactRow[];
  /** Manifests of the complete ZIPs, by video id. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

/**
 * The objects that should not exist:
 * - objects without a video, or of a deleted or expired video;
 * - objects of a failed video, except its source;
 * - objects of a ready video, except its source, the ZIP and manifest in its artifact's row, and the manifest's frames
 *   beside the ZIP.
 *
 * A video in progress has no orphans.
 */
export const orphanObjects = (
  keys: readonly string[],
  { videos, artifacts, manifests }: ObjectOwners,
): string[] => {
  const videoOf = new Map(videos.map((video) => [video.id, video]));
  const artifactOf = new Map(artifacts.map((artifact) => [artifact.videoId, artifact]));
  const framesOf = new Map(
    [...manifests].map(([id, { frames }]) => [id, new Set(frames.map(({ fileName }) => fileName))]),
  );
  return keys.filter((key) => {
    const [, userId, videoId = ''] = VIDEO_KEY.exec(key) ?? [];
    const video = videoOf.get(videoId);
    if (video === undefined || video.userId !== userId) return true;
    return !wants(video, key, artifactOf.get(videoId), framesOf.get(videoId));
  });
};

const wants = (
  video: VideoRow,
  key: string,
  artifact: ArtifactRow | undefined,
  frames: ReadonlySet<string> | undefined,
): boolean => {
  switch (video.status) {
    case 'AWAITING_UPLOAD':
    case 'UPLOADED':
    case 'PROCESSING':
      return true;
    case 'EXPIRED':
      return false;
    case 'RESULT_EXPIRED':
    case 'FAILED':
      return key === video.storageKey;
    case 'READY':
      return (
        key === video.storageKey ||
        key === artifact?.zipKey ||
        key === artifact?.manifestKey ||
        // The frames of a broken ZIP are unknown. Broken ZIPs are counted elsewhere.
        (isBeside(key, artifact?.zipKey) &&
          (frames === undefined || frames.has(key.slice(key.lastIndexOf('/') + 1))))
      );
  }
};

/** Whether the key is in the ZIP's folder or below it. */
const isBeside = (key: string, zipKey: string | undefined): boolean =>
  zipKey !== undefined && key.startsWith(zipKey.slice(0, zipKey.lastIndexOf('/') + 1));

/** The key of every object in the bucket. */
export const listObjects = async ({ s3, stack }: System): Promise<string[]> => {
  const keys: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: stack.bucketName('Storage') });
  for await (const { Contents: contents = [] } of pages)
    keys.push(...contents.flatMap(({ Key }) => Key ?? []));
  return keys;
};
