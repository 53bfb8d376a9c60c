import { afterAll, beforeAll, expect, test } from 'vitest';
import { VideoId } from '../../../functions/contracts/ids.ts';
import { TransactionalOutbox } from '../../../functions/shared/outbox/transactional-outbox.ts';
import { PgVideoLifecycle } from '../../../functions/upload/adapters/pg-video-lifecycle.ts';
import { PgVideoRepository } from '../../../functions/upload/adapters/pg-video-repository.ts';
import type { StoredVideo } from '../../../functions/upload/core/video.ts';
import { someSource } from '../../support/events.ts';
import { connectRedis } from '../../support/services.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

/** What happens between the look at a video and the move that follows from it. */
let upload: UploadContextUnderTest;
let lifecycle: PgVideoLifecycle;
let videos: PgVideoRepository;
const redis = connectRedis();

beforeAll(async () => {
  upload = await startUploadContext();
  const outbox = new TransactionalOutbox(upload.pool, redis);
  lifecycle = new PgVideoLifecycle(upload.pool, outbox);
  videos = new PgVideoRepository(upload.pool, outbox);
});
afterAll(async () => {
  await upload.close();
  redis.disconnect();
});

const createVideo = async (): Promise<StoredVideo> => {
  const { id } = await upload.create(someUser());
  const video = await videos.find(VideoId.parse(id));
  if (!video) throw new Error('not created');
  return video;
};
const tamper = { code: 'SIZE_MISMATCH', message: 'Not as large as declared.' } as const;
const outboxOf = async ({ id }: StoredVideo) =>
  (
    await upload.pool.query<{ type: string }>(
      `SELECT event->>'type' AS type FROM outbox WHERE saga_id = $1 ORDER BY created_at`,
      [id],
    )
  ).rows.map(({ type }) => type);

test('a video deleted while its source was looked at is neither accepted nor refused', async () => {
  const video = await createVideo();
  expect(await videos.markDeleted(video.id, video.userId, video.correlationId)).toBe(true);
  expect(await lifecycle.accept(video, someSource())).toBe(false);
  expect(await lifecycle.refuse(video, tamper)).toBe(false);
  expect(await outboxOf(video)).toEqual(['VIDEO_CREATED', 'FILE_DELETED']);
});

test('a video accepted meanwhile is not refused, one refused is not accepted', async () => {
  const [first, second] = [await createVideo(), await createVideo()];
  expect(await lifecycle.accept(first, someSource())).toBe(true);
  expect(await lifecycle.refuse(first, tamper)).toBe(false);
  expect(await lifecycle.accept(first, someSource())).toBe(false);
  expect(await lifecycle.refuse(second, tamper)).toBe(true);
  expect(await lifecycle.accept(second, someSource())).toBe(false);
  expect(await outboxOf(first)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
  expect(await outboxOf(second)).toEqual(['VIDEO_CREATED', 'UPLOAD_REFUSED']);
});

test('a video whose form lives, or was renewed while we looked, does not expire', async () => {
  const video = await createVideo();
  expect(await lifecycle.expire(video.id)).toBe(false);
  expect(await outboxOf(video)).toEqual(['VIDEO_CREATED']);
  expect(await videos.find(video.id)).toMatchObject({ status: 'AWAITING_UPLOAD' });
});

test('videos are overdue by the database’s clock, those longest past first', async () => {
  const [fresh, late, later] = [await createVideo(), await createVideo(), await createVideo()];
  const age = (video: StoredVideo, seconds: number) =>
    upload.pool.query('UPDATE video SET form_expires_at = now() - make_interval(secs => $2) WHERE id = $1', [
      video.id,
      seconds,
    ]);
  await age(fresh, 30);
  await age(late, 90);
  await age(later, 120);
  const overdue: string[] = [];
  for await (const video of lifecycle.overdue(60)) overdue.push(video.id);
  expect(overdue).toEqual([later.id, late.id]);
});
