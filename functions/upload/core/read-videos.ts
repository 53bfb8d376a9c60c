import type { Timeline, Video } from '../../contracts/http/videos.ts';
import type { UserId, VideoId } from '../../contracts/ids.ts';
import { VideoNotFoundError } from '../../shared/errors/app-error.ts';
import type { PagePosition, UploadServices } from './ports.ts';
import { describeVideo, type StoredVideo } from './video.ts';

/** One page of a user's videos, and the start of the next page, if there is one. */
export interface VideoSlice {
  items: Video[];
  next: PagePosition | undefined;
}

type ReadServices = Pick<UploadServices, 'videos' | 'hints' | 'waiting'>;

/** The user's videos, newest first. */
export const listVideos = async (
  { userId, limit, after }: { userId: UserId; limit: number; after: PagePosition | undefined },
  services: ReadServices,
): Promise<VideoSlice> => {
  // One more than requested, to find out whether there is a next page.
  const found = await services.videos.list(userId, limit + 1, after);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: await describeVideos(shown, services),
    next: found.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined,
  };
};

/** One of the user's videos. @throws VideoNotFoundError, also for another user's video */
export const getVideo = async (
  { id, userId }: { id: VideoId; userId: UserId },
  services: ReadServices,
): Promise<Video> => {
  const [video] = await describeVideos([await findOwn(id, userId, services.videos)], services);
  if (!video) throw new VideoNotFoundError();
  return video;
};

/** The timeline of one of the user's videos. A saga has few steps, so one page is enough. @throws VideoNotFoundError */
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

const describeVideos = async (
  videos: readonly StoredVideo[],
  { hints, waiting }: Pick<UploadServices, 'hints' | 'waiting'>,
): Promise<Video[]> => {
  const inStatus = (status: StoredVideo['status']) =>
    videos.filter((video) => video.status === status).map((video) => video.id);
  const [processing, uploaded] = [inStatus('PROCESSING'), inStatus('UPLOADED')];
  const [progress, places] = await Promise.all([
    processing.length > 0 ? hints.progressOf(processing) : undefined,
    uploaded.length > 0 ? waiting.placesOf(uploaded) : undefined,
  ]);
  return videos.map((video) =>
    describeVideo(video, { progress: progress?.get(video.id), waiting: places?.get(video.id) }),
  );
};
