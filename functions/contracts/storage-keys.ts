import { type RunId, UserId, VideoId } from './ids.ts';
import type { VideoExtension } from './limits.ts';

/** Where the objects of one video live in the bucket, grouped by user. */
export interface VideoObjects {
  userId: UserId;
  videoId: VideoId;
}

/** Prefix of everything that belongs to one video, with its trailing slash. */
export const videoPrefix = ({ userId, videoId }: VideoObjects): string =>
  `users/${userId}/videos/${videoId}/`;

export const sourceKey = (video: VideoObjects, extension: VideoExtension): string =>
  `${videoPrefix(video)}source.${extension}`;

/** Where one run of a video's extraction puts its output: no run ever writes over another one's. */
export interface RunObjects extends VideoObjects {
  runId: RunId;
}

/** Prefix of everything that one run writes, with its trailing slash. */
export const resultPrefix = (run: RunObjects): string => `${videoPrefix(run)}results/${run.runId}/`;

/** Prefix of a run's single frames and manifest, with its trailing slash. */
export const framesPrefix = (run: RunObjects): string => `${resultPrefix(run)}frames/`;

export const manifestKey = (run: RunObjects): string => `${framesPrefix(run)}manifest.json`;

export const zipKey = (run: RunObjects): string => `${resultPrefix(run)}frames.zip`;

/** Prefix of the single frames that lie beside a manifest, with its trailing slash. */
export const framesPrefixOf = (manifest: string): string => manifest.slice(0, manifest.lastIndexOf('/') + 1);

/** An object that a self-test of a deployment writes, reads and removes: it belongs to no video. */
export const probeKey = (id: string): string => `probes/${id}`;

const SOURCE_KEY = /^users\/([^/]+)\/videos\/([^/]+)\/source\.(mp4|mov|mkv|avi)$/;

/** Whose source an object key names; undefined for any other key. */
export const parseSourceKey = (key: string): VideoObjects | undefined => {
  const match = SOURCE_KEY.exec(key);
  const userId = UserId.safeParse(match?.[1]);
  const videoId = VideoId.safeParse(match?.[2]);
  return userId.success && videoId.success ? { userId: userId.data, videoId: videoId.data } : undefined;
};
