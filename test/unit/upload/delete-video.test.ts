import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { CorrelationId, UserId } from '../../../functions/contracts/ids.ts';
import { VideoNotFoundError } from '../../../functions/shared/errors/app-error.ts';
import { deleteVideo } from '../../../functions/upload/core/delete-video.ts';
import { eventOf, someVideo, uploadOnMemory } from '../../support/upload-fakes.ts';

const setUp = () => {
  const video = someVideo();
  const services = { ...uploadOnMemory(video), hints: { forgetOwner: async () => {} } };
  const remove = (userId = video.userId) =>
    deleteVideo({ id: video.id, userId, correlationId: CorrelationId.parse('the-call') }, services);
  return { video, services, remove };
};

test('deleting a video causes FILE_DELETED once, with the correlation id of its call', async () => {
  const { video, services, remove } = setUp();
  await remove();
  await expect(remove()).rejects.toThrow(VideoNotFoundError);
  const correlationId = CorrelationId.parse('the-call');
  expect(services.videos.events).toEqual([eventOf({ ...video, correlationId }, 'FILE_DELETED', {}, 1)]);
  expect(await services.videos.find(video.id)).toBeUndefined();
});

test('another user’s video is not found, and causes no event', async () => {
  const { video, services, remove } = setUp();
  await expect(remove(UserId.parse(randomUUID()))).rejects.toThrow(VideoNotFoundError);
  expect(services.videos.events).toEqual([]);
  expect(await services.videos.find(video.id)).toEqual(video);
});
