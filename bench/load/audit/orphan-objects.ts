import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Manifest } from '../../../functions/contracts/manifest.ts';
import type { System } from '../system.ts';
import type { VideoRow } from './rows.ts';

const VIDEO_KEY = /^users\/([^/]+)\/videos\/([^/]+)\/(.+)$/;

/**
 * The objects that should not be there: of no video at all; of an expired one; of a failed one other than its source;
 * of a ready one other than source, ZIP, manifest and the manifest's frames. A video under way has no orphans.
 */
export const orphanObjects = (
  keys: readonly string[],
  videos: readonly VideoRow[],
  manifests: ReadonlyMap<string, Manifest>,
): string[] => {
  const videoOf = new Map(videos.map((video) => [video.id, video]));
  return keys.filter((key) => {
    const [, userId, videoId = '', name = ''] = VIDEO_KEY.exec(key) ?? [];
    const video = videoOf.get(videoId);
    if (video === undefined || video.userId !== userId) return true;
    return !wants(video, key, name, manifests.get(videoId));
  });
};

const wants = (video: VideoRow, key: string, name: string, manifest: Manifest | undefined): boolean => {
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
        name === 'frames.zip' ||
        name === 'frames/manifest.json' ||
        // Of a broken ZIP, already counted, it is not known which frames it should have.
        manifest === undefined ||
        manifest.frames.some(({ fileName }) => name === `frames/${fileName}`)
      );
  }
};

/** The key of every object in the bucket. */
export const listObjects = async ({ s3, stack }: System): Promise<string[]> => {
  const keys: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: stack.bucketName('Storage') });
  for await (const { Contents: contents = [] } of pages)
    keys.push(...contents.flatMap(({ Key }) => Key ?? []));
  return keys;
};
