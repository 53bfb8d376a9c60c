import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Timeline, VideoPage } from '../../../functions/contracts/http.ts';
import type { UserId } from '../../../functions/contracts/ids.ts';
import { MAX_UPLOAD_BYTES, UPLOAD_URL_SECONDS } from '../../../functions/contracts/limits.ts';
import { someUser, startUploadContext, type UploadContextUnderTest } from '../../support/upload-context.ts';

let upload: UploadContextUnderTest;

beforeAll(async () => {
  upload = await startUploadContext();
});
afterAll(() => upload.close());

const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code }) });

describe('POST /videos', () => {
  test('answers with the video and a form that fixes key, type and exact size until it expires', async () => {
    const user = someUser();
    const before = Date.now();
    const video = await upload.create(user, { fileName: 'Trip.MOV', sizeBytes: 4321 });
    expect(video).toMatchObject({
      status: 'AWAITING_UPLOAD',
      fileName: 'Trip.MOV',
      sizeBytes: 4321,
      contentType: 'video/quicktime',
      intervalSeconds: 10,
    });
    const key = upload.keyOf(user, video.id, 'mov');
    expect(video.upload.fields).toMatchObject({ key, 'Content-Type': 'video/quicktime' });
    const policy = JSON.parse(Buffer.from(video.upload.fields.Policy ?? '', 'base64').toString());
    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        ['content-length-range', 4321, 4321],
        { key },
        { 'Content-Type': 'video/quicktime' },
        { bucket: upload.objects.bucket },
      ]),
    );
    const lifetime = Date.parse(policy.expiration) - before;
    expect(lifetime).toBeGreaterThan((UPLOAD_URL_SECONDS - 5) * 1000);
    expect(Math.abs(Date.parse(video.upload.expiresAt) - Date.parse(policy.expiration))).toBeLessThan(5000);
  });

  test('gives a form with which S3 accepts the file', async () => {
    const user = someUser();
    const video = await upload.create(user, { sizeBytes: 3 });
    const form = new FormData();
    for (const [name, value] of Object.entries(video.upload.fields)) form.append(name, value);
    form.append('file', new Blob(['abc']));
    const response = await fetch(video.upload.url, { method: 'POST', body: form });
    expect(response.status).toBe(204);
    expect(await upload.objects.exists(upload.keyOf(user, video.id))).toBe(true);
  });

  test('ignores a user in the body, and accepts unusual file names', async () => {
    const user = someUser();
    const names = [
      'a "quoted" name.mp4',
      '../../etc/passwd.mp4',
      'evil\u202e4pm.mp4',
      '🎬🧑‍🚀.mkv',
      'CON.avi',
      '-rf.mov',
      '.mp4',
    ];
    for (const fileName of names) {
      const video = await upload.create(user, { fileName, userId: randomUUID() });
      expect(await upload.get(user, video.id)).toMatchObject({ fileName });
      expect(video.upload.fields.key).toContain(`users/${user}/videos/${video.id}/source.`);
    }
  });

  test.each([
    ['too large', { sizeBytes: MAX_UPLOAD_BYTES + 1 }, 413, 'FILE_TOO_LARGE'],
    ['a text', { fileName: 'notes.txt' }, 415, 'UNSUPPORTED_EXTENSION'],
    ['a name without extension', { fileName: 'mp4' }, 415, 'UNSUPPORTED_EXTENSION'],
    ['an inherited property as the extension', { fileName: 'x.constructor' }, 415, 'UNSUPPORTED_EXTENSION'],
    ['a name of 300 bytes', { fileName: `${'é'.repeat(148)}.mp4` }, 400, 'VALIDATION_FAILED'],
    ['a line break in the name', { fileName: 'a\r\nb.mp4' }, 400, 'VALIDATION_FAILED'],
    ['a size of 0', { sizeBytes: 0 }, 400, 'VALIDATION_FAILED'],
    ['a size as a string', { sizeBytes: '1000' }, 400, 'VALIDATION_FAILED'],
    ['the content type of a page', { contentType: 'text/html' }, 400, 'VALIDATION_FAILED'],
    ['an interval of 0', { intervalSeconds: 0 }, 400, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_, change, status, code) => {
    const body = { fileName: 'a.mp4', sizeBytes: 1000, ...change };
    expect(await upload.call(someUser(), 'POST', '/videos', { body })).toEqual(problem(status, code));
  });
});

describe('Idempotency-Key', () => {
  const withKey = (key: string) => ({ 'Idempotency-Key': key });

  test('gives the same video for the same request, with a fresh form', async () => {
    const user = someUser();
    const first = await upload.create(user, {}, withKey('k'));
    const again = await upload.create(user, {}, withKey('k'));
    expect(again.id).toBe(first.id);
    expect(Date.parse(again.upload.expiresAt)).toBeGreaterThanOrEqual(Date.parse(first.upload.expiresAt));
  });

  test('belongs to its user', async () => {
    const first = await upload.create(someUser(), {}, withKey('shared'));
    const other = await upload.create(someUser(), {}, withKey('shared'));
    expect(other.id).not.toBe(first.id);
  });

  test('is refused for another request', async () => {
    const user = someUser();
    await upload.create(user, {}, withKey('k'));
    const body = { fileName: 'holiday.mp4', sizeBytes: 1001 };
    const answer = await upload.call(user, 'POST', '/videos', { body, headers: withKey('k') });
    expect(answer).toEqual(problem(422, 'IDEMPOTENCY_KEY_REUSED'));
  });

  test('gives the same video to concurrent requests', async () => {
    const user = someUser();
    const twins = await Promise.all(
      Array.from({ length: 8 }, () => upload.create(user, {}, withKey('twin'))),
    );
    expect(new Set(twins.map((video) => video.id)).size).toBe(1);
    const { rows } = await upload.pool.query('SELECT id FROM video WHERE user_id = $1', [user]);
    expect(rows).toHaveLength(1);
  });

  test('is free again once its video is deleted', async () => {
    const user = someUser();
    const first = await upload.create(user, {}, withKey('k'));
    await upload.call(user, 'DELETE', `/videos/${first.id}`);
    expect((await upload.create(user, {}, withKey('k'))).id).not.toBe(first.id);
  });

  test.each(['', 'x'.repeat(129), 'ключ'])(
    'is refused when it is empty, too long or not ASCII: %s',
    async (key) => {
      const body = { fileName: 'a.mp4', sizeBytes: 1 };
      const answer = await upload.call(someUser(), 'POST', '/videos', { body, headers: withKey(key) });
      expect(answer).toEqual(problem(400, 'VALIDATION_FAILED'));
    },
  );
});

describe('GET /videos', () => {
  const idsOf = async (user: UserId, limit: number): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: String(limit), ...(cursor && { cursor }) };
      const page = VideoPage.parse((await upload.call(user, 'GET', '/videos', { query })).body);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      ids.push(...page.items.map((video) => video.id));
      cursor = page.nextCursor;
    } while (cursor);
    return ids;
  };

  test('lists all of the user’s videos once, newest first, also those of the same moment, over pages of any size', async () => {
    const user = someUser();
    const created: string[] = [];
    for (let i = 0; i < 7; i += 1) created.push((await upload.create(user)).id);
    await upload.create(someUser());
    await upload.pool.query(
      `UPDATE video SET created_at = (SELECT min(created_at) FROM video WHERE user_id = $1)
       WHERE user_id = $1 AND id = ANY($2)`,
      [user, created.slice(0, 4)],
    );
    const all = await idsOf(user, 100);
    expect(all.slice(0, 3)).toEqual(created.slice(4).reverse());
    expect([...all].sort()).toEqual([...created].sort());
    for (const limit of [1, 2, 3, 7]) expect(await idsOf(user, limit)).toEqual(all);
  });

  test('refuses foreign and manipulated cursors', async () => {
    const [user, other] = [someUser(), someUser()];
    for (const owner of [user, user, other, other]) await upload.create(owner);
    const page = VideoPage.parse(
      (await upload.call(other, 'GET', '/videos', { query: { limit: '1' } })).body,
    );
    const foreign = page.nextCursor ?? '';
    for (const cursor of [foreign, 'x', 'AAAA', `${foreign}A`, Buffer.from('a|b|c').toString('base64url')]) {
      expect(await upload.call(user, 'GET', '/videos', { query: { cursor } })).toEqual(
        problem(400, 'INVALID_CURSOR'),
      );
    }
  });

  test('leaves out unreadable videos and lists all others, page by page', async () => {
    const user = someUser();
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.unshift((await upload.create(user)).id);
    const future = [ids[1], ids[2], ids[5]];
    await upload.pool.query(
      `UPDATE video SET status = 'FAILED', failure_code = 'NOT_INVENTED_YET' WHERE id = ANY($1)`,
      [future],
    );
    for (const limit of ['1', '2', '3', '7']) {
      const listed: string[] = [];
      let cursor: string | null = null;
      do {
        const query: Record<string, string> = { limit, ...(cursor && { cursor }) };
        const page = VideoPage.parse((await upload.call(user, 'GET', '/videos', { query })).body);
        listed.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor);
      expect(listed).toEqual(ids.filter((id) => !future.includes(id)));
    }
  });

  test('shows the timeline of a video without its unreadable entries', async () => {
    const user = someUser();
    const { id } = await upload.create(user);
    await upload.pool.query(
      `INSERT INTO timeline (video_id, type, occurred_at) VALUES ($1, 'FILE_EATEN', now())`,
      [id],
    );
    const { status, body } = await upload.call(user, 'GET', `/videos/${id}/events`);
    expect({ status, items: Timeline.parse(body).items.map(({ type }) => type) }).toEqual({
      status: 200,
      items: ['VIDEO_CREATED'],
    });
  });

  test.each(['-1', '0', '1e9', 'NaN', '', '1.5', '101'])('refuses a limit of "%s"', async (limit) => {
    const answer = await upload.call(someUser(), 'GET', '/videos', { query: { limit } });
    expect(answer).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('one video', () => {
  test('is not found by another user on any route', async () => {
    const owner = someUser();
    const { id } = await upload.create(owner);
    for (const [method, path] of [
      ['GET', `/videos/${id}`],
      ['GET', `/videos/${id}/events`],
      ['DELETE', `/videos/${id}`],
    ] as const) {
      expect(await upload.call(someUser(), method, path)).toEqual(problem(404, 'VIDEO_NOT_FOUND'));
    }
    expect(await upload.get(owner, id)).toMatchObject({ id, status: 'AWAITING_UPLOAD' });
  });

  test('is refused with a malformed id and not found with an unknown one', async () => {
    expect(await upload.call(someUser(), 'GET', '/videos/42')).toEqual(problem(400, 'VALIDATION_FAILED'));
    expect(await upload.call(someUser(), 'GET', `/videos/${randomUUID()}`)).toEqual(
      problem(404, 'VIDEO_NOT_FOUND'),
    );
  });

  test('begins its timeline with its creation', async () => {
    const user = someUser();
    const { id, createdAt } = await upload.create(user);
    const timeline = Timeline.parse((await upload.call(user, 'GET', `/videos/${id}/events`)).body);
    expect(timeline).toEqual({
      items: [{ type: 'VIDEO_CREATED', occurredAt: createdAt }],
      nextCursor: null,
    });
  });

  test('causes one VIDEO_CREATED, even if its creation is repeated', async () => {
    const user = someUser();
    const headers = { 'Idempotency-Key': 'told' };
    const { id, createdAt } = await upload.create(user, {}, headers);
    await upload.create(user, {}, headers);
    const { rows } = await upload.pool.query('SELECT event FROM outbox WHERE saga_id = $1', [id]);
    expect(rows).toEqual([
      {
        event: expect.objectContaining({
          type: 'VIDEO_CREATED',
          sagaId: id,
          userId: user,
          occurredAt: createdAt,
          payload: {},
        }),
      },
    ]);
  });
});

describe('DELETE /videos/{id}', () => {
  test('answers 202 without a body, hides the video at once and causes one FILE_DELETED', async () => {
    const user = someUser();
    const { id } = await upload.create(user);
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => upload.call(user, 'DELETE', `/videos/${id}`)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 404, 404]);
    expect(answers.find((answer) => answer.status === 202)?.body).toBe('');
    expect(await upload.call(user, 'GET', `/videos/${id}`)).toEqual(problem(404, 'VIDEO_NOT_FOUND'));
    expect((await upload.call(user, 'GET', '/videos')).body).toEqual({ items: [], nextCursor: null });
    const { rows } = await upload.pool.query(
      `SELECT event->>'type' AS type FROM outbox WHERE saga_id = $1 ORDER BY created_at`,
      [id],
    );
    expect(rows).toEqual([{ type: 'VIDEO_CREATED' }, { type: 'FILE_DELETED' }]);
  });
});
