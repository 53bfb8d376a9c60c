import { parse as parseDisposition } from 'content-disposition';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Download, FramePage } from '../../../functions/contracts/http.ts';
import { ARTIFACT_LIFETIME_SECONDS, DOWNLOAD_URL_SECONDS } from '../../../functions/contracts/limits.ts';
import type { EventOrigin } from '../../../functions/contracts/new-event.ts';
import {
  type DownloadContextUnderTest,
  type ExtractionOptions,
  startDownloadContext,
} from '../../support/download-context.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';
import { someRunId } from '../../support/process.ts';
import { deliverEvents } from '../../support/sqs-event.ts';
import { someUser } from '../../support/upload-context.ts';

let download: DownloadContextUnderTest;

beforeAll(async () => {
  download = await startDownloadContext();
});
afterAll(() => download.close());

const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code }) });

const available = async (options: ExtractionOptions = {}): Promise<EventOrigin> => {
  const origin = someOrigin();
  expect(await deliverEvents(download.inbox, await download.extract(origin, options))).toEqual([]);
  return origin;
};

/** Sets the expiry of an artifact to this many seconds from now. */
const expireIn = ({ sagaId }: EventOrigin, seconds: number) =>
  download.pool.query(
    'UPDATE artifact SET expires_at = now() + make_interval(secs => $2) WHERE video_id = $1',
    [sagaId, seconds],
  );

const routesOf = ({ sagaId }: EventOrigin) => [`/videos/${sagaId}/download`, `/videos/${sagaId}/frames`];

describe('GET /videos/{id}/download', () => {
  test('redirects to the ZIP, with a name derived from the source’s', async () => {
    const { userId, sagaId } = await available({ zip: 'the zip' });
    const answer = await download.get(userId, `/videos/${sagaId}/download`);
    expect(answer).toMatchObject({ status: 302, body: '', headers: { 'cache-control': 'no-store' } });
    const url = new URL(answer.headers.location ?? '');
    expect(await (await fetch(url)).text()).toBe('the zip');
    expect(url.searchParams.get('response-content-type')).toBe('application/zip');
    expect(url.searchParams.get('X-Amz-Expires')).toBe(String(DOWNLOAD_URL_SECONDS));
    expect(url.searchParams.get('response-content-disposition')).toBe(
      'attachment; filename=holiday-frames.zip',
    );
  });

  test('sends one header for a hostile source name', async () => {
    const hostile = 'x"; filename="evil.exe"; a=".mp4';
    const { userId, sagaId } = await available({ fileName: hostile });
    const { headers } = await download.get(userId, `/videos/${sagaId}/download`);
    const disposition =
      new URL(headers.location ?? '').searchParams.get('response-content-disposition') ?? '';
    const parsed = parseDisposition(disposition);
    expect(Object.keys(parsed.parameters)).toEqual(['filename']);
    expect(parsed.parameters.filename).not.toBe('evil.exe');
  });

  test('describes the ZIP as JSON if the client accepts JSON', async () => {
    const { userId, sagaId } = await available({ zip: 'the zip' });
    const before = Date.now();
    const answer = await download.get(userId, `/videos/${sagaId}/download`, {
      headers: { Accept: 'text/html, application/json;q=0.9' },
    });
    expect(answer.status).toBe(200);
    const body = Download.parse(answer.body);
    expect(body).toMatchObject({ sizeBytes: 7, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await (await fetch(body.url)).text()).toBe('the zip');
    const lifetime = Date.parse(body.expiresAt) - before;
    expect(lifetime).toBeGreaterThanOrEqual(DOWNLOAD_URL_SECONDS * 1000);
  });

  test.each(['*/*', 'application/json;q=0', 'application/zip', 'application/jsonp'])(
    'redirects if the client accepts %s',
    async (accept) => {
      const { userId, sagaId } = await available();
      const answer = await download.get(userId, `/videos/${sagaId}/download`, { headers: { accept } });
      expect(answer.status).toBe(302);
    },
  );

  test('gives no link that outlives the ZIP', async () => {
    const origin = await available();
    await expireIn(origin, 60);
    const { headers } = await download.get(origin.userId, `/videos/${origin.sagaId}/download`);
    const seconds = Number(new URL(headers.location ?? '').searchParams.get('X-Amz-Expires'));
    expect(seconds).toBeLessThanOrEqual(60);
    expect(seconds).toBeGreaterThan(0);
  });
});

describe('GET /videos/{id}/frames', () => {
  test('lists every frame with a link that works', async () => {
    const { userId, sagaId } = await available({ frames: 3 });
    const page = FramePage.parse((await download.get(userId, `/videos/${sagaId}/frames`)).body);
    expect(page).toMatchObject({
      items: [0, 1, 2].map((index) => ({ index, timeSeconds: index * 10 + 0.04, width: 640, height: 360 })),
      nextCursor: null,
    });
    for (const [index, { url }] of page.items.entries()) {
      expect(await (await fetch(url)).text()).toBe(`frame_0000${index}.jpg`);
    }
  });

  test('lists each frame once over several pages', async () => {
    const { userId, sagaId } = await available({ frames: 5 });
    const indexes: number[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor && { cursor }) };
      const page = FramePage.parse((await download.get(userId, `/videos/${sagaId}/frames`, { query })).body);
      indexes.push(...page.items.map((frame) => frame.index));
      cursor = page.nextCursor;
    } while (cursor);
    expect(indexes).toEqual([0, 1, 2, 3, 4]);
  });

  test('continues when the id of the next call has another case', async () => {
    const { userId, sagaId } = await available({ frames: 2 });
    const query = { limit: '1' };
    const first = FramePage.parse((await download.get(userId, `/videos/${sagaId}/frames`, { query })).body);
    const next = await download.get(userId, `/videos/${sagaId.toUpperCase()}/frames`, {
      query: { ...query, cursor: first.nextCursor ?? '' },
    });
    expect(next).toMatchObject({ status: 200, body: { items: [{ index: 1 }], nextCursor: null } });
  });

  test('refuses invalid cursors, cursors of another video, and invalid limits', async () => {
    const [one, other] = [await available({ frames: 3 }), await available({ frames: 3 })];
    const path = `/videos/${one.sagaId}/frames`;
    const page = await download.get(other.userId, `/videos/${other.sagaId}/frames`, {
      query: { limit: '1' },
    });
    const foreign = FramePage.parse(page.body).nextCursor ?? '';
    for (const cursor of [foreign, '2', 'AAAA']) {
      expect(await download.get(one.userId, path, { query: { cursor } })).toEqual(
        problem(400, 'INVALID_CURSOR'),
      );
    }
    for (const limit of ['-1', '0', '1001', '1e9', 'NaN']) {
      expect(await download.get(one.userId, path, { query: { limit } })).toEqual(
        problem(400, 'VALIDATION_FAILED'),
      );
    }
  });
});

describe('both routes', () => {
  test('answer 404 to another user and for an unknown id, and 400 for a malformed id', async () => {
    const origin = await available();
    for (const path of routesOf(origin)) {
      expect(await download.get(someUser(), path)).toEqual(problem(404, 'VIDEO_NOT_FOUND'));
    }
    for (const path of routesOf(someOrigin())) {
      expect(await download.get(someUser(), path)).toEqual(problem(404, 'VIDEO_NOT_FOUND'));
    }
    expect(await download.get(someUser(), '/videos/42/download')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });

  test('answer NOT_READY to the owner alone before the ZIP is there, without Redis', async () => {
    const origin = someOrigin();
    for (const event of [
      someEvent('VIDEO_CREATED', {}, origin),
      someEvent('UPLOAD_EXPIRED', {}, origin),
      someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin),
    ]) {
      await deliverEvents(download.inbox, event);
      for (const path of routesOf(origin)) {
        expect(await download.get(origin.userId, path)).toEqual(problem(409, 'NOT_READY'));
        expect(await download.get(someUser(), path)).toEqual(problem(404, 'VIDEO_NOT_FOUND'));
      }
    }
  });

  test('answer EXPIRED from the moment of expiry, before any sweep', async () => {
    const origin = await available();
    await expireIn(origin, 0);
    for (const path of routesOf(origin)) {
      expect(await download.get(origin.userId, path)).toEqual(problem(410, 'EXPIRED'));
    }
  });
});

describe('the sweep', () => {
  test('removes the objects of expired artifacts and nothing else', async () => {
    const [kept, expired] = [await available({ frames: 2 }), await available({ frames: 2 })];
    const keysOf = ({ userId, sagaId }: EventOrigin) =>
      ['frames.zip', 'frames/manifest.json', 'frames/frame_00001.jpg'].map(
        (name) => `users/${userId}/videos/${sagaId}/results/${someRunId(1)}/${name}`,
      );
    const source = `users/${expired.userId}/videos/${expired.sagaId}/source.mp4`;
    await download.objects.put(source, 'source');
    await expireIn(expired, -1);
    await download.sweep();
    for (const key of keysOf(expired)) expect(await download.objects.exists(key)).toBe(false);
    for (const key of [...keysOf(kept), source]) expect(await download.objects.exists(key)).toBe(true);
    expect(await download.get(expired.userId, routesOf(expired)[0] ?? '')).toEqual(problem(410, 'EXPIRED'));
    const { rows } = await download.pool.query('SELECT state FROM artifact WHERE video_id = $1', [
      expired.sagaId,
    ]);
    expect(rows).toEqual([{ state: 'EXPIRED' }]);
  });

  test('expires all due artifacts in one run, despite unreadable rows and objects that cannot be removed', async () => {
    const SOME_KEY = `'users/u/videos/' || gen_random_uuid() || '/frames.zip'`;
    const expireMany = async (count: number, minutes: number, userId = 'gen_random_uuid()', key = SOME_KEY) =>
      (
        await download.pool.query<{ id: string }>(
          `INSERT INTO artifact (video_id, user_id, state, file_name, attempt, zip_key, manifest_key, size_bytes,
             sha256, frames, expires_at)
           SELECT gen_random_uuid(), ${userId}, 'AVAILABLE', 'a.mp4', 1, ${key}, 'm', 1, 's', 1,
             now() - make_interval(mins => $2)
           FROM generate_series(1, $1) RETURNING video_id AS id`,
          [count, minutes],
        )
      ).rows.map(({ id }) => id);
    // The oldest rows cannot be handled: they have a UUID of no known version, or a key that S3 refuses.
    const unreadable = await expireMany(110, 60, `'00000000-0000-9000-0000-000000000000'`);
    const stuck = [...unreadable, ...(await expireMany(110, 50, 'gen_random_uuid()', `''`))];
    const others = await expireMany(330, 1);
    const stateOf = async (ids: string[]) =>
      (
        await download.pool.query(
          'SELECT state, count(*)::int AS count FROM artifact WHERE video_id = ANY($1) GROUP BY state',
          [ids],
        )
      ).rows;
    await download.sweep();
    expect(await stateOf(others)).toEqual([{ state: 'EXPIRED', count: 330 }]);
    expect(await stateOf(stuck)).toEqual([{ state: 'AVAILABLE', count: 220 }]);
    await download.pool.query('DELETE FROM artifact WHERE video_id = ANY($1)', [stuck]);
  });

  test('an artifact lives for seven days', async () => {
    const { sagaId } = await available();
    const { rows } = await download.pool.query(
      'SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM artifact WHERE video_id = $1',
      [sagaId],
    );
    expect(rows).toEqual([{ seconds: ARTIFACT_LIFETIME_SECONDS }]);
  });
});
