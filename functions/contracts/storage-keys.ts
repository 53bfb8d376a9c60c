import { UserId, VideoId } from './ids.ts';
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

/** Prefix of the single frames and the manifest, with its trailing slash. */
export const framesPrefix = (video: VideoObjects): string => `${videoPrefix(video)}frames/`;

export const manifestKey = (video: VideoObjects): string => `${framesPrefix(video)}manifest.json`;

export const zipKey = (video: VideoObjects): string => `${videoPrefix(video)}frames.zip`;

const SOURCE_KEY = /^users\/([^/]+)\/videos\/([^/]+)\/source\.(mp4|mov|mkv|avi)$/;

/** Whose source an object key names; undefined for any other key. */
export const parseSourceKey = (key: string): VideoObjects | undefined => {
  const match = SOURCE_KEY.exec(key);
  const userId = UserId.safeParse(match?.[1]);
  const videoId = VideoId.safeParse(match?.[2]);
  return userId.success && videoId.success ? { userId: userId.data, videoId: videoId.data } : undefined;
};
