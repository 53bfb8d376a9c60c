import { afterAll, beforeAll, expect, test } from 'vitest';
import { VideoId } from '../../../functions/contracts/ids.ts';
import { eventStamps } from '../../../functions/shared/events/event-stamps.ts';
import { TransactionalOutbox } from '../../../functions/shared/outbox/transactional-outbox.ts';
import { PgVideoLifecycle } from '../../../functions/upload/adapters/pg-video-lifecycle.ts';
import { PgVideoRepository } from '../../../functions/upload/adapters/pg-video-repository.ts';
import {
  decideAcceptance,
  decideDeletion,
  decideExpiry,
  decideRefusal,
} from '../../../functions/upload/core/decide.ts';
import type { StoredVideo } from '../../../functions/upload/core/video.ts';
import { someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis } from '../../support/services.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

/** Changes of a video between its check and the resulting move. */
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
const stamp = eventStamps(() => new Date());
const accept = ({ id }: StoredVideo) =>
  lifecycle.change(id, (locked) => decideAcceptance(locked, someSource(), stamp()));
const refuse = ({ id }: StoredVideo) =>
  lifecycle.change(id, (locked) => decideRefusal(locked, tamper, stamp()));
const expire = ({ id }: StoredVideo) =>
  lifecycle.change(id, (locked, now) => decideExpiry(locked, now, stamp()));
const markDeleted = ({ id, userId, correlationId }: StoredVideo) =>
  videos.markDeleted(id, userId, (video) => decideDeletion(video, correlationId, stamp()));
const outboxOf = async ({ id }: StoredVideo) =>
  (
    await upload.pool.query<{ type: string }>(
      `SELECT event->>'type' AS type FROM outbox WHERE saga_id = $1 ORDER BY created_at`,
      [id],
    )
  ).rows.map(({ type }) => type);

const isWaitingForLock = async (): Promise<true | undefined> => {
  const { rowCount } = await upload.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount ? true : undefined;
};

test('a video that was deleted during the check of its source is neither accepted nor refused', async () => {
  const video = await createVideo();
  expect(await markDeleted(video)).toBe(true);
  expect(await accept(video)).toBe(false);
  expect(await refuse(video)).toBe(false);
  expect(await outboxOf(video)).toEqual(['VIDEO_CREATED', 'FILE_DELETED']);
});

test('an accepted video cannot be refused, and a refused one cannot be accepted', async () => {
  const [first, second] = [await createVideo(), await createVideo()];
  expect(await accept(first)).toBe(true);
  expect(await refuse(first)).toBe(false);
  expect(await accept(first)).toBe(false);
  expect(await refuse(second)).toBe(true);
  expect(await accept(second)).toBe(false);
  expect(await outboxOf(first)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
  expect(await outboxOf(second)).toEqual(['VIDEO_CREATED', 'UPLOAD_REFUSED']);
});

test('a video with a valid form does not expire', async () => {
  const video = await createVideo();
  expect(await expire(video)).toBe(false);
  expect(await outboxOf(video)).toEqual(['VIDEO_CREATED']);
  expect(await videos.find(video.id)).toMatchObject({ status: 'AWAITING_UPLOAD' });
});

test('a video with an unknown failure code in its row is still moved', async () => {
  const video = await createVideo();
  await upload.pool.query(`UPDATE video SET failure_code = 'UNKNOWN' WHERE id = $1`, [video.id]);
  expect(await accept(video)).toBe(true);
  expect(await outboxOf(video)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
});

test('a change waits for a concurrent one of the same video, and is decided on its result', async () => {
  const video = await createVideo();
  const other = await upload.pool.connect();
  try {
    await other.query('BEGIN');
    await other.query(`UPDATE video SET status = 'FAILED' WHERE id = $1`, [video.id]);
    const accepted = accept(video);
    await eventually('the change to wait', isWaitingForLock);
    await other.query('COMMIT');
    expect(await accepted).toBe(false);
  } finally {
    other.release(true);
  }
  expect(await videos.find(video.id)).toMatchObject({ status: 'FAILED' });
  expect(await outboxOf(video)).toEqual(['VIDEO_CREATED']);
});

test('videos become overdue by the database’s clock, and the longest overdue come first', async () => {
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
