import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { CorrelationId, UserId, VideoId } from '../../../functions/contracts/ids.ts';
import { UPLOAD_URL_SECONDS } from '../../../functions/contracts/limits.ts';
import { createVideo } from '../../../functions/upload/core/create-video.ts';
import { IdempotencyKeyReusedError } from '../../../functions/upload/core/errors.ts';
import { DATABASE_NOW, eventOf, uploadOnMemory } from '../../support/upload-fakes.ts';

const setUp = () => {
  const services = {
    ...uploadOnMemory(),
    forms: { create: async () => ({ url: 'https://storage.example', fields: {} }) },
    hints: { rememberOwner: async () => {} },
    newVideoId: () => VideoId.parse(randomUUID()),
    now: () => DATABASE_NOW,
  };
  const userId = UserId.parse(randomUUID());
  const create = (idempotencyKey: string | undefined, intervalSeconds = 10) =>
    createVideo(
      {
        request: { fileName: 'holiday.mp4', sizeBytes: 1000, intervalSeconds },
        ...{ userId, idempotencyKey, correlationId: CorrelationId.parse('the-call') },
      },
      services,
    );
  return { services, create };
};

test('creating a video causes VIDEO_CREATED, with the correlation id of its call and the database’s time', async () => {
  const { services, create } = setUp();
  const { id } = await create(undefined);
  const video = await services.videos.find(id);
  if (!video) throw new Error('not created');
  expect(video.correlationId).toBe('the-call');
  const occurredAt = DATABASE_NOW.toISOString();
  expect(services.videos.events).toEqual([{ ...eventOf(video, 'VIDEO_CREATED', {}, 1), occurredAt }]);
  expect(await services.videos.timeline(id)).toEqual([{ type: 'VIDEO_CREATED', occurredAt }]);
});

test('a repeated creation gives the same video and a fresh form, and causes no event', async () => {
  const { services, create } = setUp();
  const first = await create('key');
  const again = await create('key');
  expect(again.id).toBe(first.id);
  expect(again.upload.expiresAt).toBe(
    new Date(DATABASE_NOW.getTime() + UPLOAD_URL_SECONDS * 1000).toISOString(),
  );
  expect(services.videos.events).toHaveLength(1);
});

test('another request with the same idempotency key is refused, and causes no event', async () => {
  const { services, create } = setUp();
  await create('key');
  await expect(create('key', 20)).rejects.toThrow(IdempotencyKeyReusedError);
  expect(services.videos.events).toHaveLength(1);
});
