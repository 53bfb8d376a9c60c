import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { progressKey } from '../../../functions/contracts/channel.ts';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { Timeline, type Video, VideoPage } from '../../../functions/contracts/http.ts';
import { CorrelationId, VideoId } from '../../../functions/contracts/ids.ts';
import type { EventOrigin } from '../../../functions/contracts/new-event.ts';
import { newEventId } from '../../../functions/shared/events/event-stamps.ts';
import { PgWaitingVideos } from '../../../functions/upload/adapters/pg-waiting-videos.ts';
import { someEvent, somePayload } from '../../support/events.ts';
import { mp4Like } from '../../support/media.ts';
import { connectRedis } from '../../support/services.ts';
import { DEAD_LETTERS_ARN, deliverDeadLetters, deliverEvents } from '../../support/sqs-event.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

let upload: UploadContextUnderTest;
const redis = connectRedis();

beforeAll(async () => {
  upload = await startUploadContext({ DEAD_LETTER_ARNS: DEAD_LETTERS_ARN });
});
afterAll(async () => {
  await upload.close();
  redis.disconnect();
});

/** Creates a video whose source has been accepted. */
const uploadedVideo = async (): Promise<EventOrigin & { key: string }> => {
  const userId = someUser();
  const { id } = await upload.create(userId, { sizeBytes: 100 });
  const key = upload.keyOf(userId, id);
  await upload.objects.put(key, mp4Like(100));
  await upload.announce(key);
  return { sagaId: VideoId.parse(id), userId, correlationId: CorrelationId.parse('c'), key };
};

const processFile = (origin: EventOrigin, attempt = 1) =>
  someEvent(
    'PROCESS_FILE',
    { attempt, target: 'lambda', source: somePayload.FILE_UPLOADED() },
    origin,
    at(attempt),
  );
const started = (origin: EventOrigin, attempt = 1) =>
  someEvent('EXTRACTION_STARTED', { attempt, target: 'lambda' }, origin, at(1.5));
const discarded = (origin: EventOrigin) =>
  someEvent(
    'DISCARD_FILE',
    { reason: 'FAILED', code: 'CORRUPT_VIDEO', message: 'The file is damaged.' },
    origin,
    at(9),
  );
const deleted = (origin: EventOrigin) => someEvent('DISCARD_FILE', { reason: 'DELETED' }, origin, at(10));
/** A time later than those that the handlers write, ordered by `second`. */
const at = (second: number) => new Date(Date.UTC(2100, 0, 1) + second * 1000);

const timelineOf = async ({ userId, sagaId }: EventOrigin) =>
  Timeline.parse((await upload.call(userId, 'GET', `/videos/${sagaId}/events`)).body).items;

describe('the inbox', () => {
  test('shows the progress of the saga', async () => {
    const origin = await uploadedVideo();
    const { userId, sagaId } = origin;
    expect(await deliverEvents(upload.inbox, processFile(origin))).toEqual([]);
    // The attempt is ordered, but no run has started it, so the video waits.
    expect(await upload.get(userId, sagaId)).toMatchObject({ status: 'UPLOADED' });
    expect(await deliverEvents(upload.inbox, started(origin))).toEqual([]);
    expect(await upload.get(userId, sagaId)).toMatchObject({ status: 'PROCESSING' });
    expect(await upload.get(userId, sagaId)).not.toHaveProperty('progress');

    await redis.hset(progressKey(sagaId), { framesDone: 3, framesExpected: 10 });
    const progress = { framesDone: 3, framesExpected: 10 };
    expect(await upload.get(userId, sagaId)).toMatchObject({ progress });
    const page = (await upload.call(userId, 'GET', '/videos')).body;
    expect(page).toMatchObject({ items: [{ id: sagaId, progress }] });

    await deliverEvents(
      upload.inbox,
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin, at(2)),
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin, at(3)),
    );
    const ready = await upload.get(userId, sagaId);
    expect(ready).toMatchObject({ status: 'READY', frames: 4, expiresAt: '2030-01-01T00:00:00.000Z' });
    expect(ready).not.toHaveProperty('progress');
    expect(await timelineOf(origin)).toEqual([
      expect.objectContaining({ type: 'VIDEO_CREATED' }),
      expect.objectContaining({ type: 'FILE_UPLOADED' }),
      { type: 'PROCESS_FILE', occurredAt: at(1).toISOString(), attempt: 1, target: 'lambda' },
      { type: 'EXTRACTION_STARTED', occurredAt: at(1.5).toISOString(), attempt: 1, target: 'lambda' },
      { type: 'FILE_PROCESSED', occurredAt: at(2).toISOString(), attempt: 1 },
      { type: 'FILE_AVAILABLE', occurredAt: at(3).toISOString(), attempt: 1 },
    ]);
  });

  test('shows each step of an attempt once, with its earliest time, after any repetition', async () => {
    const origin = await uploadedVideo();
    const again = (event: SagaEvent) => ({ ...event, id: newEventId(), occurredAt: at(8).toISOString() });
    const events = [
      processFile(origin),
      started(origin),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin, at(2)),
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin, at(3)),
    ];
    await deliverEvents(upload.inbox, ...events.map(again), ...events, ...events.map(again));
    expect((await timelineOf(origin)).slice(2)).toMatchObject(
      events.map(({ type, occurredAt }) => ({ type, occurredAt, attempt: 1 })),
    );
    expect(await timelineOf(origin)).toHaveLength(6);
  });

  test('shows the place of a waiting video until a run starts its attempt', async () => {
    const [first, second] = [await uploadedVideo(), await uploadedVideo()];
    const placeOf = async ({ userId, sagaId }: EventOrigin) => (await upload.get(userId, sagaId)).waiting;
    const [ahead = 0, place] = [(await placeOf(first))?.ahead, await placeOf(second)];
    expect(place).toEqual({ since: expect.stringMatching(/Z$/), ahead: ahead + 1 });
    const { items } = VideoPage.parse((await upload.call(second.userId, 'GET', '/videos')).body);
    expect(items).toMatchObject([{ id: second.sagaId, waiting: place }]);

    await deliverEvents(upload.inbox, processFile(first), started(first));
    expect(await placeOf(first)).toBeUndefined();
    expect((await placeOf(second))?.ahead).toBe(ahead);
    await deliverEvents(upload.inbox, started(second));
    expect(await placeOf(second)).toBeUndefined();
  });

  test('measures the waiting time of the oldest video, independently of its events', async () => {
    const origin = await uploadedVideo();
    await upload.pool.query(`UPDATE video SET uploaded_at = now() - interval '3 hours' WHERE id = $1`, [
      origin.sagaId,
    ]);
    const waiting = new PgWaitingVideos(upload.pool);
    const before = await waiting.backlog();
    expect(before.oldestSeconds).toBeGreaterThan(3 * 3600 - 1);
    await deliverEvents(upload.inbox, started(origin));
    const after = await waiting.backlog();
    expect(after.oldestSeconds).toBeLessThan(3600);
    expect(after.videos).toBe(before.videos - 1);
  });

  test('shows the reason when the saga gives up', async () => {
    const origin = await uploadedVideo();
    const failed = someEvent('FILE_FAILED', somePayload.FILE_FAILED(1, false), origin, at(2));
    await deliverEvents(upload.inbox, processFile(origin), failed, discarded(origin));
    expect(await upload.get(origin.userId, origin.sagaId)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'CORRUPT_VIDEO', message: 'The file is damaged.' },
    });
    expect((await timelineOf(origin)).slice(3)).toEqual([
      expect.objectContaining({ type: 'FILE_FAILED', attempt: 1, code: 'CORRUPT_VIDEO' }),
      expect.objectContaining({ type: 'DISCARD_FILE', code: 'CORRUPT_VIDEO' }),
    ]);
    expect(await upload.objects.exists(origin.key)).toBe(true);
  });

  test('gives the same video and timeline for every order of the events, each delivered up to three times', async () => {
    const makeEvents = (origin: EventOrigin): SagaEvent[] => [
      processFile(origin, 1),
      started(origin),
      someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin, at(2)),
      processFile(origin, 3),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(2), origin, at(4)),
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(2), origin, at(5)),
      discarded(origin),
    ];
    const shape = ({ id: _, createdAt: __, updatedAt: ___, ...rest }: Video) => rest;
    const outcome = async (origin: EventOrigin) => ({
      video: shape(await upload.get(origin.userId, origin.sagaId)),
      story: (await timelineOf(origin)).slice(2),
    });
    for (const last of [6, 7]) {
      const inOrder = await uploadedVideo();
      await deliverEvents(upload.inbox, ...makeEvents(inOrder).slice(0, last));
      const expected = await outcome(inOrder);
      expect(expected.video.status).toBe(last === 6 ? 'READY' : 'FAILED');
      expect(expected.story).toHaveLength(last);

      const positions = Array.from({ length: last }, (_, position) => position);
      const deliveries = fc.shuffledSubarray([...positions, ...positions, ...positions], {
        minLength: last * 2,
      });
      await fc.assert(
        fc.asyncProperty(deliveries, async (order) => {
          const origin = await uploadedVideo();
          const events = makeEvents(origin);
          const missing = positions.filter((position) => !order.includes(position));
          for (const position of [...order, ...missing]) {
            const event = events[position];
            if (event) await deliverEvents(upload.inbox, event);
          }
          expect(await outcome(origin)).toEqual(expected);
        }),
        { numRuns: 15 },
      );
    }
  });

  test('removes the source and the rows of a deleted video, and ignores its later events', async () => {
    const origin = await uploadedVideo();
    await upload.call(origin.userId, 'DELETE', `/videos/${origin.sagaId}`);
    expect(await upload.objects.exists(origin.key)).toBe(true);
    expect(await deliverEvents(upload.inbox, deleted(origin), deleted(origin))).toEqual([]);
    expect(await upload.objects.exists(origin.key)).toBe(false);
    const available = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin);
    expect(await deliverEvents(upload.inbox, processFile(origin), available, discarded(origin))).toEqual([]);
    for (const table of ['video WHERE id', 'timeline WHERE video_id']) {
      const { rows } = await upload.pool.query(`SELECT 1 FROM ${table} = $1`, [origin.sagaId]);
      expect(rows).toEqual([]);
    }
    expect((await upload.call(origin.userId, 'GET', `/videos/${origin.sagaId}`)).status).toBe(404);
  });

  test('leaves a tombstone, with which the sweep removes a source that was uploaded later without an event', async () => {
    const origin = await uploadedVideo();
    await upload.call(origin.userId, 'DELETE', `/videos/${origin.sagaId}`);
    await deliverEvents(upload.inbox, deleted(origin));
    await upload.objects.put(origin.key, mp4Like(100));
    await upload.sweep();
    expect(await upload.objects.exists(origin.key)).toBe(true);
    await upload.pool.query(
      `UPDATE tombstone SET form_expires_at = now() - interval '2 hours' WHERE video_id = $1`,
      [origin.sagaId],
    );
    await upload.sweep();
    expect(await upload.objects.exists(origin.key)).toBe(false);
    const { rows } = await upload.pool.query('SELECT 1 FROM tombstone WHERE video_id = $1', [origin.sagaId]);
    expect(rows).toEqual([]);
  });

  test('returns an unknown event and the later events of the same saga only', async () => {
    const [first, second] = [await uploadedVideo(), await uploadedVideo()];
    const strange = someEvent('FILE_DELETED', {}, first);
    expect(await deliverEvents(upload.inbox, strange, started(first), started(second))).toEqual([0, 1]);
    expect(await upload.get(second.userId, second.sagaId)).toMatchObject({ status: 'PROCESSING' });
    expect(await upload.get(first.userId, first.sagaId)).toMatchObject({ status: 'UPLOADED' });
  });

  test('accepts a dead letter after later events of its saga, and keeps the timeline in order', async () => {
    const origin = await uploadedVideo();
    const { userId, sagaId } = origin;
    const processed = someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin, at(2));
    await deliverEvents(
      upload.inbox,
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin, at(3)),
    );
    const strange = someEvent('FILE_DELETED', {}, origin);
    expect(await deliverDeadLetters(upload.inbox, strange, processed, processFile(origin))).toEqual([0]);
    expect(await upload.get(userId, sagaId)).toMatchObject({ status: 'READY', frames: 4 });
    expect((await timelineOf(origin)).slice(2).map(({ type }) => type)).toEqual([
      'PROCESS_FILE',
      'FILE_PROCESSED',
      'FILE_AVAILABLE',
    ]);
  });

  test('makes a video READY by a FILE_AVAILABLE from the dead letters, unless the video has failed', async () => {
    const [slow, failed] = [await uploadedVideo(), await uploadedVideo()];
    await deliverEvents(upload.inbox, processFile(slow), discarded(failed));
    const [late, tooLate] = [slow, failed].map((origin) =>
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin, at(3)),
    );
    if (!late || !tooLate) throw new Error('no events');
    expect(await deliverDeadLetters(upload.inbox, late, tooLate)).toEqual([]);
    expect(await upload.get(slow.userId, slow.sagaId)).toMatchObject({ status: 'READY' });
    expect(await upload.get(failed.userId, failed.sagaId)).toMatchObject({ status: 'FAILED' });
  });

  test('the sweep forgets only events that were consumed more than 30 days ago', async () => {
    const origin = await uploadedVideo();
    const [old, recent] = [processFile(origin, 1), processFile(origin, 2)];
    await deliverEvents(upload.inbox, old, recent);
    await upload.pool.query(`UPDATE inbox SET received_at = now() - interval '31 days' WHERE event_id = $1`, [
      old.id,
    ]);
    await upload.sweep();
    const { rows } = await upload.pool.query('SELECT event_id FROM inbox WHERE event_id = ANY($1)', [
      [old.id, recent.id],
    ]);
    expect(rows).toEqual([{ event_id: recent.id }]);
  });
});
