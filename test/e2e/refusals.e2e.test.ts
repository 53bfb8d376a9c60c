import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ApiUser } from '../support/api-user.ts';
import { clip } from '../support/clips.ts';
import { objectsOf } from '../support/objects.ts';
import { postForm } from '../support/post-form.ts';
import { routesOfVideo } from '../support/video-routes.ts';

const MEBIBYTE = 1024 * 1024;

describe('what is refused', () => {
  let api: ApiUser;
  let stranger: ApiUser;
  let url: string;
  beforeAll(async () => {
    url = inject('stack').url;
    api = await ApiUser.register(url);
    stranger = await ApiUser.register(url);
  });

  it('a file of 101 MiB and a text, before any upload', async () => {
    const refusal = (fileName: string, sizeBytes: number) =>
      api.problem('POST', '/videos', { body: { fileName, sizeBytes } });
    expect(await refusal('long.mp4', 101 * MEBIBYTE)).toMatchObject({ status: 413, code: 'FILE_TOO_LARGE' });
    expect(await refusal('notes.txt', 1000)).toMatchObject({ status: 415, code: 'UNSUPPORTED_EXTENSION' });
    expect((await api.client.listVideos()).items).toEqual([]);
  });

  it('a file larger or smaller than declared, by the storage itself', async () => {
    const video = await api.client.createVideo({ fileName: 'a.mp4', sizeBytes: 1000 });
    const larger = await postForm(video.upload, new Blob([new Uint8Array(1001)]));
    expect([larger.status, await larger.text()]).toEqual([400, expect.stringContaining('EntityTooLarge')]);
    const smaller = await postForm(video.upload, new Blob([new Uint8Array(999)]));
    expect([smaller.status, await smaller.text()]).toEqual([400, expect.stringContaining('EntityTooSmall')]);
    expect(await objectsOf(video.id)).toEqual([]);
    expect(await api.client.getVideo({ id: video.id })).toMatchObject({ status: 'AWAITING_UPLOAD' });
  });

  it('a form whose key or content type was changed', async () => {
    const { upload, id } = await api.client.createVideo({ fileName: 'a.mp4', sizeBytes: 10 });
    const file = new Blob([new Uint8Array(10)]);
    const otherKey = (upload.fields.key ?? '').replace(id, randomUUID());
    expect((await postForm({ ...upload, fields: { ...upload.fields, key: otherKey } }, file)).status).toBe(
      403,
    );
    expect(
      (await postForm({ ...upload, fields: { ...upload.fields, 'Content-Type': 'text/html' } }, file)).status,
    ).toBe(403);
    const { Policy: _policy, ...unsigned } = upload.fields;
    expect((await postForm({ ...upload, fields: unsigned }, file)).status).toBeGreaterThanOrEqual(400);
    expect(await objectsOf(id)).toEqual([]);
  });

  it("another user's video, with 404 on every route and verb", async () => {
    const id = await api.uploadFile(await clip('short.mp4'));
    await api.untilStatus(id, ['READY']);
    for (const [method, path] of routesOfVideo(id)) {
      expect(await stranger.problem(method, path), `${method} ${path}`).toMatchObject({
        status: 404,
        code: 'VIDEO_NOT_FOUND',
      });
    }
    expect(await api.client.getVideo({ id })).toMatchObject({ status: 'READY' });
    expect((await stranger.client.listVideos()).items).toEqual([]);
  });

  it('a download that is not ready', async () => {
    const { id } = await api.client.createVideo({ fileName: 'a.mp4', sizeBytes: 10 });
    expect(await api.problem('GET', `/videos/${id}/download`)).toMatchObject({
      status: 409,
      code: 'NOT_READY',
    });
    expect(await api.problem('GET', `/videos/${id}/frames`)).toMatchObject({
      status: 409,
      code: 'NOT_READY',
    });
    expect(await stranger.problem('GET', `/videos/${id}/download`)).toMatchObject({ status: 404 });
    expect(await api.problem('GET', `/videos/${randomUUID()}/download`)).toMatchObject({ status: 404 });
  });

  it.each(['/videos', `/videos/${randomUUID()}`, '/auth/me'])(
    '%s without a token, or with a bad one',
    async (path) => {
      for (const headers of [
        {},
        { authorization: 'Bearer x' },
        { authorization: 'Bearer a.b.c' },
        { authorization: 'Basic YTpi' },
      ]) {
        const response = await fetch(new URL(path, url), { headers });
        expect(response.status).toBe(401);
        expect(response.headers.get('content-type')).toContain('application/problem+json');
        expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
      }
    },
  );

  it('a path that does not exist, with a problem', async () => {
    expect(await api.problem('GET', '/nothing/here')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('a token with a changed signature', async () => {
    const response = await fetch(new URL('/auth/me', url), {
      headers: { authorization: `Bearer ${api.accessToken}` },
    });
    expect(response.status).toBe(200);
    const tampered = `${api.accessToken?.slice(0, -6)}AAAAAA`;
    expect(
      (await fetch(new URL('/auth/me', url), { headers: { authorization: `Bearer ${tampered}` } })).status,
    ).toBe(401);
  });

  it.each([['limit=-1'], ['limit=1e9'], ['limit=NaN'], ['cursor=%00'], ['cursor=bm90LWEtY3Vyc29y']])(
    'the list with %s',
    async (query) => {
      expect((await api.problem('GET', `/videos?${query}`)).status).toBe(400);
    },
  );

  it('keeps nothing of a refused call in its answer', async () => {
    const response = await api.call('POST', '/auth/login', {
      body: { email: 'unknown@example.com', password: 'hunter2-secret' },
    });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('hunter2');
  });
});
