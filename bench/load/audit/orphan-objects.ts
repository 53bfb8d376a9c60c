import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Manifest } from '../../../functions/contracts/manifest.ts';
import type { System } from '../system.ts';
import type { ArtifactRow, VideoRow } from './rows.ts';

const VIDEO_KEY = /^users\/([^/]+)\/videos\/([^/]+)\/.+$/;

/** What is known of the videos whose objects are looked at. */
export interface ObjectOwners {
  readonly videos: readonly VideoRow[];
  readonly artifacts: readonly ArtifactRow[];
  /** By video id: the manifests of the ZIPs that are whole. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

/**
 * The objects that should not be there: of no video at all, which includes a deleted one; of an expired one; of a failed
 * one other than its source; of a ready one other than its source and what its artifact's row names: ZIP, manifest and,
 * beside the ZIP, the manifest's frames. A video under way has no orphans.
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
        // Of a broken ZIP, already counted, it is not known which frames it should have.
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
