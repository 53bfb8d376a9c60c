import { type RunId, UserId, VideoId } from './ids.ts';
import type { VideoExtension } from './limits.ts';

/** Identifies the objects of one video in the bucket. */
export interface VideoObjects {
  userId: UserId;
  videoId: VideoId;
}

/** Prefix of all objects of one video, with a trailing slash. */
export const videoPrefix = ({ userId, videoId }: VideoObjects): string =>
  `users/${userId}/videos/${videoId}/`;

export const sourceKey = (video: VideoObjects, extension: VideoExtension): string =>
  `${videoPrefix(video)}source.${extension}`;

/** Identifies the output of one extraction run. No run overwrites another run's output. */
export interface RunObjects extends VideoObjects {
  runId: RunId;
}

/** Prefix of all objects of one run, with a trailing slash. */
export const resultPrefix = (run: RunObjects): string => `${videoPrefix(run)}results/${run.runId}/`;

/** Prefix of a run's frames and manifest, with a trailing slash. */
export const framesPrefix = (run: RunObjects): string => `${resultPrefix(run)}frames/`;

export const manifestKey = (run: RunObjects): string => `${framesPrefix(run)}manifest.json`;

export const zipKey = (run: RunObjects): string => `${resultPrefix(run)}frames.zip`;

/** Prefix of the frames beside a manifest, with a trailing slash. */
export const framesPrefixOf = (manifest: string): string => manifest.slice(0, manifest.lastIndexOf('/') + 1);

/** Key of an object that a deployment's self-test writes, reads and removes. It belongs to no video. */
export const probeKey = (id: string): string => `probes/${id}`;

const SOURCE_KEY = /^users\/([^/]+)\/videos\/([^/]+)\/source\.(mp4|mov|mkv|avi)$/;

/** Parses the key of a source object; undefined for any other key. */
export const parseSourceKey = (key: string): VideoObjects | undefined => {
  const match = SOURCE_KEY.exec(key);
  const userId = UserId.safeParse(match?.[1]);
  const videoId = VideoId.safeParse(match?.[2]);
  return userId.success && videoId.success ? { userId: userId.data, videoId: videoId.data } : undefined;
};
