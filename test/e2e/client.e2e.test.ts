import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  allFrames,
  allVideos,
  type Client,
  type ClientOptions,
  createClient,
  downloadZip,
  FrameFlowError,
  memoryTokens,
  sendFile,
  uploadFile,
  waitUntilDone,
} from '../../client/index.ts';
import { fileSource, saveZip } from '../../client/node.ts';
import { clip } from '../support/clips.ts';
import { withDeclaredProblems } from '../support/declared-problems.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { readFramesZip, sha256 } from '../support/zip.ts';

/** A try that gets no answer ends after this time, in milliseconds. */
const TIMEOUT_MILLISECONDS = 15_000;
const VIDEO = { fileName: 'a.mp4', sizeBytes: 1000 };

const credentials = () => ({ email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` });

const clientOf = (baseUrl: string, options: Partial<ClientOptions> = {}): Client =>
  createClient({
    baseUrl,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    fetch: withDeclaredProblems(baseUrl)((url, init) => fetch(url, init)),
    ...options,
  });

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(() => undefined).catch((error) => error);

const portOf = (url: string): number => Number(new URL(url).port);

describe('The client, with the API behind a network that fails', () => {
  let proxy: TcpProxy;
  let client: Client;
  let account: ReturnType<typeof credentials>;
  beforeAll(async () => {
    proxy = await startTcpProxy({ host: '127.0.0.1', port: portOf(inject('stack').url) });
    client = clientOf(`http://127.0.0.1:${proxy.port}`);
    account = credentials();
    await client.register(account);
    await client.login(account);
  });
  afterEach(() => proxy.bringBack());
  afterAll(() => proxy.close());

  const videos = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id } of allVideos(client)) ids.push(id);
    return ids;
  };

  it.each(['loseAnswerTo', 'loseRequest'] as const)('creates one video after %s', async (lose) => {
    const before = await videos();
    const lost = proxy[lose]('POST /videos ');
    const { id } = await client.createVideo(VIDEO);
    await lost;
    expect(await videos()).toEqual([id, ...before]);
  });

  it('keeps its session after the answer to a refresh was lost', async () => {
    const before = await client.session.tokens();
    const lost = proxy.loseAnswerTo('POST /auth/refresh');
    const tokens = await client.session.renew();
    await lost;
    expect(tokens.refreshToken).not.toBe(before?.refreshToken);
    await client.session.renew();
    expect(await client.getProfile()).toMatchObject({ email: account.email });
  });

  it('has deleted a video after the answer to the deletion was lost', async () => {
    const { id } = await client.createVideo(VIDEO);
    const lost = proxy.loseAnswerTo(`DELETE /videos/${id}`);
    expect(await client.deleteVideo({ id })).toBeUndefined();
    await lost;
    expect(await failureOf(client.getVideo({ id }))).toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(await failureOf(client.deleteVideo({ id }))).toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  it('says that it may have registered after the answer was lost, and a login tells', async () => {
    const other = clientOf(`http://127.0.0.1:${proxy.port}`);
    const owner = credentials();
    const lost = proxy.loseAnswerTo('POST /auth/register');
    expect(await failureOf(other.register(owner))).toMatchObject({ code: 'EMAIL_TAKEN', isUncertain: true });
    await lost;
    await other.login(owner);
    expect(await other.getProfile()).toMatchObject({ email: owner.email });
    expect(await failureOf(other.register(owner))).toMatchObject({ code: 'EMAIL_TAKEN', isUncertain: false });
  });

  it('leaves a connection that has fallen silent, and is answered on another one', async () => {
    const silent = proxy.silenceAfter('GET /auth/me');
    const profile = client.getProfile({}, { timeoutMilliseconds: 2_000 });
    await silent;
    expect(await profile).toMatchObject({ email: account.email });
  });

  it('waits for an API that is away, as long as it is told to', async () => {
    proxy.takeAway('stopped');
    expect(await failureOf(client.getHealth({}, { patienceMilliseconds: 0 }))).toMatchObject({
      code: 'UNREACHABLE',
    });
    const health = client.getHealth();
    proxy.bringBack();
    expect(await health).toEqual({ status: 'ok' });
  });

  it('ends with an AbortError while the API is away', async () => {
    proxy.takeAway('frozen');
    const controller = new AbortController();
    const health = failureOf(client.getHealth({}, { signal: controller.signal }));
    controller.abort();
    expect(await health).toMatchObject({ name: 'AbortError' });
  });

  it('uploads again after the answer of the storage was lost, and the video is READY once', async () => {
    const storage = await startTcpProxy({ host: '127.0.0.1', port: portOf(inject('stack').storageUrl) });
    try {
      const { content } = await fileSource(await clip('short.mp4'));
      const { id, upload } = await client.createVideo({ fileName: 'short.mp4', sizeBytes: content.size });
      const url = upload.url.replace(`:${portOf(upload.url)}`, `:${storage.port}`);
      const lost = storage.loseAnswerTo('POST ');
      await sendFile(client, { ...upload, url }, content);
      await lost;
      expect(await waitUntilDone(client, id)).toMatchObject({ status: 'READY', frames: 1 });
    } finally {
      await storage.close();
    }
  });
});

describe('The client', () => {
  let client: Client;
  let directory: string;
  let url: string;
  beforeAll(async () => {
    url = inject('stack').url;
    directory = await mkdtemp(join(tmpdir(), 'frame-flow-client-'));
    client = clientOf(url);
    const account = credentials();
    await client.register(account);
    await client.login(account);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('takes a file from the disk to a checked ZIP', async () => {
    const path = await clip('h264.mp4');
    const seen: string[] = [];
    let sent = 0;
    const { id } = await uploadFile(client, await fileSource(path), {
      onProgress: ({ sentBytes, totalBytes }) => {
        sent = sentBytes / totalBytes;
      },
    });
    expect(sent).toBe(1);
    const video = await waitUntilDone(client, id, { onChange: ({ status }) => seen.push(status) });
    expect(video).toMatchObject({ status: 'READY', fileName: 'h264.mp4', frames: 4 });
    expect(seen.at(-1)).toBe('READY');

    const target = join(directory, 'frames.zip');
    const saved = await saveZip(client, id, target);
    const zip = await readFile(target);
    expect(saved).toEqual({ sizeBytes: zip.length, sha256: sha256(zip) });
    expect((await readFramesZip(zip)).frames).toHaveLength(4);
    const blob = await downloadZip(client, id);
    expect(Buffer.from(await blob.arrayBuffer()).equals(zip)).toBe(true);

    const frames: number[] = [];
    for await (const { index } of allFrames(client, id)) frames.push(index);
    expect(frames).toEqual([0, 1, 2, 3]);
  });

  it('refuses a file that has another size than it was declared with', async () => {
    const { upload } = await client.createVideo(VIDEO);
    for (const size of [999, 1001]) {
      const call = sendFile(client, upload, new Blob([new Uint8Array(size)]));
      expect(await failureOf(call)).toMatchObject({ code: 'SOURCE_CHANGED', status: 400 });
    }
  });

  it('shares a session with another process, whichever of them renews it', async () => {
    const tokens = memoryTokens(await client.session.tokens());
    // Two stores that held the same tokens, as where two processes read a file at one moment.
    const twin = clientOf(url, { tokens: memoryTokens(tokens.read()) });
    const [first, second] = [clientOf(url, { tokens }), twin];
    const [mine, theirs] = await Promise.all([first.session.renew(), second.session.renew()]);
    expect(mine.refreshToken).toBe(theirs.refreshToken);
    expect(await first.getProfile()).toEqual(await second.getProfile());
  });

  it('repeats a call that was answered with 503, after Retry-After', async () => {
    let refusals = 2;
    const front = createServer(async (request, response) => {
      refusals -= 1;
      if (refusals >= 0) return void response.writeHead(503, { 'retry-after': '1' }).end();
      const answer = await fetch(new URL(request.url ?? '/', url));
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    try {
      const address = front.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      const startedAt = performance.now();
      expect(await clientOf(`http://127.0.0.1:${address.port}`).getHealth()).toEqual({ status: 'ok' });
      expect(performance.now() - startedAt).toBeGreaterThan(2_000);
    } finally {
      front.close();
    }
  });

  it('tells at once how long a login has to wait', async () => {
    const account = credentials();
    await client.register(account);
    const failures: unknown[] = [];
    for (let guess = 0; guess < 5; guess += 1) {
      failures.push(await failureOf(client.login({ ...account, password: 'wrong password' })));
    }
    const last = failures.at(-1);
    expect(last).toBeInstanceOf(FrameFlowError);
    expect(last).toMatchObject({ code: 'TOO_MANY_REQUESTS', status: 429, correlationId: expect.any(String) });
    expect(last).toMatchObject({ retryAfterSeconds: expect.any(Number) });
  });

  it('is over once it has ended', async () => {
    const mine = clientOf(url);
    const account = credentials();
    await mine.register(account);
    await mine.login(account);
    const tokens = await mine.session.tokens();
    await mine.session.end();
    expect(await failureOf(mine.getProfile())).toMatchObject({ code: 'NOT_LOGGED_IN' });
    const thief = clientOf(url, { tokens: memoryTokens(tokens) });
    expect(await failureOf(thief.getProfile())).toMatchObject({ code: 'SESSION_ENDED' });
  });
});
