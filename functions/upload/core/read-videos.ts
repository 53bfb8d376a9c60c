import type { Timeline, Video } from '../../contracts/http.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import type { PagePosition, UploadServices } from './ports.ts';
import { describeVideo, type StoredVideo } from './video.ts';

/** One page of a user's videos, and where the next one starts, if there is one. */
export interface VideoSlice {
  items: Video[];
  next: PagePosition | undefined;
}

/** The user's videos, newest first. */
export const listVideos = async (
  { userId, limit, after }: { userId: UserId; limit: number; after: PagePosition | undefined },
  { videos, hints }: Pick<UploadServices, 'videos' | 'hints'>,
): Promise<VideoSlice> => {
  // One more than asked for tells whether there is a next page.
  const found = await videos.list(userId, limit + 1, after);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: await describeWithProgress(shown, hints),
    next: found.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined,
  };
};

/** One of the user's videos. @throws VideoNotFoundError, also for somebody else's. */
export const getVideo = async (
  { id, userId }: { id: VideoId; userId: UserId },
  { videos, hints }: Pick<UploadServices, 'videos' | 'hints'>,
): Promise<Video> => {
  const [video] = await describeWithProgress([await findOwn(id, userId, videos)], hints);
  if (!video) throw new VideoNotFoundError();
  return video;
};

/** The story of one of the user's videos. A saga has few steps: there is never a second page. @throws VideoNotFoundError */
export const getTimeline = async (
  { id, userId }: { id: VideoId; userId: UserId },
  { videos }: Pick<UploadServices, 'videos'>,
): Promise<Timeline> => {
  const video = await findOwn(id, userId, videos);
  return { items: await videos.timeline(video.id), nextCursor: null };
};

const findOwn = async (
  id: VideoId,
  userId: UserId,
  videos: UploadServices['videos'],
): Promise<StoredVideo> => {
  const video = await videos.find(id);
  if (video?.userId !== userId) throw new VideoNotFoundError();
  return video;
};

const describeWithProgress = async (
  videos: readonly StoredVideo[],
  hints: UploadServices['hints'],
): Promise<Video[]> => {
  const processing = videos.filter((video) => video.status === 'PROCESSING').map((video) => video.id);
  const progress = processing.length > 0 ? await hints.progressOf(processing) : undefined;
  return videos.map((video) => describeVideo(video, progress?.get(video.id)));
};
