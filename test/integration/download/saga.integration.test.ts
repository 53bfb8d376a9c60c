import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileAvailable, type SagaEvent } from '../../../functions/contracts/events.ts';
import { Download } from '../../../functions/contracts/http.ts';
import type { EventOrigin } from '../../../functions/contracts/new-event.ts';
import { newEventId } from '../../../functions/shared/events/event-stamps.ts';
import { type DownloadContextUnderTest, startDownloadContext } from '../../support/download-context.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';
import { DEAD_LETTERS_ARN, deliverDeadLetters, deliverEvents } from '../../support/sqs-event.ts';

let download: DownloadContextUnderTest;

beforeAll(async () => {
  download = await startDownloadContext({ DEAD_LETTER_ARNS: DEAD_LETTERS_ARN });
});
afterAll(() => download.close());

const uploaded = (origin: EventOrigin) => someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin);
const created = (origin: EventOrigin) => someEvent('VIDEO_CREATED', {}, origin);
const uploadExpired = (origin: EventOrigin) => someEvent('UPLOAD_EXPIRED', {}, origin);
const refused = (origin: EventOrigin) =>
  someEvent('UPLOAD_REFUSED', { code: 'SIZE_MISMATCH', message: 'Not as large as declared.' }, origin);
const gaveUp = (origin: EventOrigin) =>
  someEvent('DISCARD_FILE', { reason: 'FAILED', code: 'INTERNAL', message: 'It failed.' }, origin);
const deleted = (origin: EventOrigin) => someEvent('DISCARD_FILE', { reason: 'DELETED' }, origin);

const emitted = async ({ sagaId }: EventOrigin): Promise<FileAvailable[]> => {
  const { rows } = await download.pool.query(
    'SELECT event FROM outbox WHERE saga_id = $1 ORDER BY created_at',
    [sagaId],
  );
  return rows.map((row) => FileAvailable.parse(row.event));
};
const statusOf = async ({ userId, sagaId }: EventOrigin): Promise<number> =>
  (await download.get(userId, `/videos/${sagaId}/download`)).status;
const json = { headers: { accept: 'application/json' } };

test('a ZIP that matches its event becomes available, and causes one FILE_AVAILABLE', async () => {
  const origin = someOrigin();
  const processed = await download.extract(origin, { zip: 'zip', frames: 3 });
  expect(await deliverEvents(download.inbox, uploaded(origin), processed, processed)).toEqual([]);
  expect(await deliverEvents(download.inbox, processed)).toEqual([]);
  const [event, ...others] = await emitted(origin);
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    ...origin,
    causationId: processed.id,
    payload: { attempt: 1, sizeBytes: 3, frames: 3 },
  });
  const { rows } = await download.pool.query('SELECT expires_at FROM artifact WHERE video_id = $1', [
    origin.sagaId,
  ]);
  expect(event?.payload.expiresAt).toBe(rows[0].expires_at.toISOString());
  expect(await statusOf(origin)).toBe(302);
});

test('a repeated result with another event id is announced again, and nothing else changes', async () => {
  const origin = someOrigin();
  const processed = await download.extract(origin, { zip: 'zip', frames: 3 });
  await deliverEvents(download.inbox, uploaded(origin), processed);
  const toldAgain = { ...processed, id: newEventId() };
  expect(await deliverEvents(download.inbox, toldAgain, toldAgain)).toEqual([]);
  const [first, second, ...others] = await emitted(origin);
  expect(others).toEqual([]);
  expect(second).toMatchObject({ causationId: toldAgain.id, payload: first?.payload });
  // The result of an attempt that a later one has replaced is not announced.
  const later = await download.extract(origin, { attempt: 2 });
  await deliverEvents(download.inbox, later, { ...processed, id: newEventId() });
  expect((await emitted(origin)).map(({ payload }) => payload.attempt)).toEqual([1, 1, 2]);
});

test('the message about a ZIP that is missing or has another size is returned, and the ZIP is not available', async () => {
  const missing = someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), someOrigin());
  expect(await deliverEvents(download.inbox, missing)).toEqual([0]);

  const origin = someOrigin();
  const processed = await download.extract(origin, { zip: 'whole' });
  const key = processed.payload.storageKey;
  await download.objects.put(key, 'part');
  expect(await deliverEvents(download.inbox, uploaded(origin), processed)).toEqual([1]);
  expect(await statusOf(origin)).toBe(409);
  expect(await emitted(origin)).toEqual([]);

  await download.objects.put(key, 'whole');
  expect(await deliverEvents(download.inbox, processed)).toEqual([]);
  expect(await statusOf(origin)).toBe(302);
});

test('a later attempt replaces an earlier one, never the reverse', async () => {
  const origin = someOrigin();
  const first = await download.extract(origin, { attempt: 1, zip: 'one' });
  await deliverEvents(download.inbox, first);
  const second = await download.extract(origin, { attempt: 2, zip: 'two!' });
  expect(await deliverEvents(download.inbox, second, { ...first, id: uploaded(origin).id })).toEqual([]);
  const { body } = await download.get(origin.userId, `/videos/${origin.sagaId}/download`, json);
  expect(Download.parse(body)).toMatchObject({ sizeBytes: 4, sha256: second.payload.sha256 });
});

test('a video that was given up stays so, even if its ZIP is announced later', async () => {
  const origin = someOrigin();
  const processed = await download.extract(origin);
  expect(await deliverEvents(download.inbox, gaveUp(origin), uploaded(origin), processed)).toEqual([]);
  expect(await statusOf(origin)).toBe(409);
  expect(await emitted(origin)).toEqual([]);
});

test('a message about a discarded ZIP is consumed although the ZIP is gone', async () => {
  const origin = someOrigin();
  const processed = someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin);
  expect(await deliverEvents(download.inbox, deleted(origin), processed)).toEqual([]);
});

test('a deleted video is not found, and only its ids are kept', async () => {
  const origin = someOrigin();
  await deliverEvents(download.inbox, uploaded(origin), await download.extract(origin));
  expect(await deliverEvents(download.inbox, deleted(origin), gaveUp(origin))).toEqual([]);
  expect(await statusOf(origin)).toBe(404);
  const { rows } = await download.pool.query('SELECT * FROM artifact WHERE video_id = $1', [origin.sagaId]);
  expect(rows).toEqual([
    expect.objectContaining({
      state: 'DELETED',
      file_name: '',
      zip_key: null,
      sha256: null,
      expires_at: null,
    }),
  ]);
});

test('a dead letter that arrives long after later events of its saga changes nothing newer', async () => {
  const [announced, retried, discarded] = [someOrigin(), someOrigin(), someOrigin()];
  const first = await download.extract(retried, { attempt: 1, zip: 'one' });
  const second = await download.extract(retried, { attempt: 2, zip: 'two!' });
  const unwanted = await download.extract(discarded);
  await deliverEvents(download.inbox, await download.extract(announced), second, gaveUp(discarded));
  const letters = [uploaded(announced), first, uploaded(retried), unwanted, uploaded(discarded)];
  expect(await deliverDeadLetters(download.inbox, ...letters)).toEqual([]);
  expect(await statusOf(announced)).toBe(302);
  const { body } = await download.get(retried.userId, `/videos/${retried.sagaId}/download`, json);
  expect(Download.parse(body)).toMatchObject({ sizeBytes: 4 });
  expect(await statusOf(discarded)).toBe(409);
  expect(await emitted(retried)).toHaveLength(1);
  expect(await emitted(discarded)).toEqual([]);
});

test('a FILE_PROCESSED among the dead letters makes its ZIP available, even behind an unreadable one', async () => {
  const origin = someOrigin();
  await deliverEvents(download.inbox, uploaded(origin));
  const processed = await download.extract(origin);
  const strange = someEvent('FILE_DELETED', {}, origin);
  expect(await deliverDeadLetters(download.inbox, strange, processed)).toEqual([0]);
  expect(await statusOf(origin)).toBe(302);
  expect(await emitted(origin)).toHaveLength(1);
});

test('first events of a video that are delivered twice at the same moment wait for each other', async () => {
  const origins = Array.from({ length: 8 }, someOrigin);
  await Promise.all(
    origins.map(async (origin) => {
      const events = [created(origin), uploaded(origin), await download.extract(origin)];
      const deliveries = [...events, ...events].map((event) => deliverEvents(download.inbox, event));
      expect(await Promise.all(deliveries)).toEqual(deliveries.map(() => []));
      expect(await statusOf(origin)).toBe(302);
      expect(await emitted(origin)).toHaveLength(1);
    }),
  );
});

const untilUploaded = [created, uploadExpired, uploaded];
const extracted = (origin: EventOrigin) => download.extract(origin);

test.each([
  { ends: 'available', status: 302, events: [...untilUploaded, extracted] },
  { ends: 'given up', status: 409, events: [...untilUploaded, extracted, gaveUp] },
  { ends: 'deleted', status: 404, events: [...untilUploaded, extracted, gaveUp, deleted] },
  { ends: 'awaited', status: 409, events: [created], detail: 'not uploaded yet' },
  {
    ends: 'never uploaded',
    status: 409,
    events: [created, uploadExpired],
    detail: 'before its form expired',
  },
  { ends: 'uploaded late', status: 409, events: untilUploaded, detail: 'still being processed' },
  {
    ends: 'refused',
    status: 409,
    events: [created, uploadExpired, refused],
    detail: 'Not as large as declared.',
  },
  { ends: 'refused and deleted', status: 404, events: [created, uploadExpired, refused, deleted] },
])(
  'every order of the events, each delivered up to three times, ends $ends',
  async ({ status, detail, events }) => {
    const positions = Array.from(events.keys());
    const deliveries = fc.shuffledSubarray([...positions, ...positions, ...positions], {
      minLength: events.length * 2,
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async (order) => {
        const origin = someOrigin();
        const made: SagaEvent[] = await Promise.all(events.map((make) => make(origin)));
        const missing = positions.filter((position) => !order.includes(position));
        for (const position of [...order, ...missing]) {
          const event = made[position];
          if (event) expect(await deliverEvents(download.inbox, event)).toEqual([]);
        }
        const answer = await download.get(origin.userId, `/videos/${origin.sagaId}/download`);
        expect(answer.status).toBe(status);
        if (detail) expect(answer.body).toMatchObject({ detail: expect.stringContaining(detail) });
        expect((await emitted(origin)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 15 },
    );
  },
);
