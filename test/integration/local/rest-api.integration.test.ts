import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { processIdentity } from '../../../local/processes/identity.ts';
import type { DevStack } from '../../../local/stack.ts';
import { eventually } from '../../support/eventually.ts';
import { makeStateDir, removeStateDir, startFixture } from './running-stack.ts';

const Echo = z.object({
  resource: z.string(),
  path: z.string(),
  pathParameters: z.record(z.string(), z.string()).nullable(),
  query: z.record(z.string(), z.array(z.string())).nullable(),
  authorizer: z.record(z.string(), z.unknown()).nullable(),
  body: z.string().nullable(),
  base64: z.boolean(),
  secretLength: z.number(),
  secretHash: z.string(),
  pairHash: z.string(),
  redisUrl: z.string(),
  home: z.string().nullable(),
  temporary: z.string(),
  pid: z.number(),
});

let stateDir: string;
let stack: DevStack;

beforeAll(async () => {
  stateDir = await makeStateDir();
  stack = await startFixture(stateDir, { schedules: false });
});

afterAll(async () => {
  await stack?.stop();
  await removeStateDir(stateDir);
});

const call = (path: string, init?: RequestInit) => fetch(`${stack.url}${path}`, init);
const echo = async (path: string, init?: RequestInit) => Echo.parse(await (await call(path, init)).json());
const asUser = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('routes', () => {
  test('pass path parameters and repeated query parameters to the function', async () => {
    const answer = await echo('/things/a%20b?x=1&x=2');
    expect(answer).toMatchObject({
      resource: '/things/{id}',
      path: '/things/a%20b',
      pathParameters: { id: 'a b' },
      query: { x: ['1', '2'] },
      authorizer: null,
    });
  });

  test('match the rest of the path with a greedy parameter, for any method', async () => {
    const answer = await echo('/files/a/b/c.txt', { method: 'PUT', body: 'text' });
    expect(answer).toMatchObject({
      resource: '/files/{proxy+}',
      pathParameters: { proxy: 'a/b/c.txt' },
      body: 'text',
    });
  });

  test('pass binary bodies as base64 and answer binary bodies as bytes', async () => {
    const bytes = Buffer.from([0, 255, 7]);
    const answer = await echo('/files/x', {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'image/png' },
    });
    expect(answer).toMatchObject({ base64: true, body: bytes.toString('base64') });
    const image = await call('/files/image');
    expect(image.headers.get('content-type')).toBe('image/png');
    expect([...new Uint8Array(await image.arrayBuffer())]).toEqual([0, 255, 1, 254]);
  });

  test('pass repeated answer headers on', async () => {
    const answer = await call('/things/1');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.headers.get('x-test')).toBe('yes');
  });

  test('that do not exist get the gateway response of the template', async () => {
    const answer = await call('/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:1');
    expect(await answer.json()).toEqual({
      status: 404,
      code: 'ROUTE_NOT_FOUND',
      detail: 'Missing Authentication Token',
      correlationId: answer.headers.get('x-amzn-requestid'),
    });
  });

  test('refuse a body over 10 MB, and answer the next call', async () => {
    const answer = await call('/things', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(answer.status).toBe(413);
    expect((await call('/things/1')).status).toBe(200);
  });

  test('refuse a path with a malformed escape', async () => {
    expect((await call('/things/%zz')).status).toBe(400);
  });
});

describe('functions', () => {
  test('have the environment of the template and nothing of the developer’s', async () => {
    const answer = await echo('/things/1');
    expect(answer).toMatchObject({ secretLength: 40, home: null, redisUrl: stack.endpoints.redisUrl });
    expect(answer.secretHash).not.toBe(answer.pairHash);
    expect(answer.temporary.startsWith(stateDir)).toBe(true);
  });

  test.each(['boom', 'malformed', 'exit'])(
    'that fail by %s become the gateway response for 5xx',
    async (how) => {
      const answer = await call(`/things/${how}`);
      expect(answer.status).toBe(500);
      expect(await answer.json()).toMatchObject({ code: 'INTERNAL' });
      expect((await call('/things/1')).status).toBe(200);
    },
  );

  test('are killed at their timeout together with their children', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'frame-flow-slow-'));
    const file = join(directory, 'pid');
    const answer = await call(`/slow?file=${encodeURIComponent(file)}`);
    expect(answer.status).toBe(500);
    const child = Number(await readFile(file, 'utf8'));
    expect(child).toBeGreaterThan(0);
    await eventually('the end of the child', () => (processIdentity(child) === undefined ? true : undefined));
    await rm(directory, { recursive: true });
  });

  test('run concurrently, and a killed sandbox is replaced', async () => {
    const pids = new Set(
      (await Promise.all(Array.from({ length: 6 }, () => echo('/things/pause')))).map(({ pid }) => pid),
    );
    expect(pids.size).toBeGreaterThan(1);
    stack.lambda('Http').killSandboxes();
    const { pid } = await eventually('another sandbox', async () => {
      const answer = await call('/things/1');
      return answer.status === 200 ? Echo.parse(await answer.json()) : undefined;
    });
    expect(pids).not.toContain(pid);
  });
});

describe('the authorizer', () => {
  test('is called once per token while its answer is cached', async () => {
    const first = await echo('/private', asUser('alice'));
    const second = await echo('/private', asUser('alice'));
    expect(first.authorizer).toMatchObject({ principalId: 'alice', userId: 'alice', admin: 'false' });
    expect(second.authorizer?.calls).toBe(first.authorizer?.calls);
    const other = await echo('/private', asUser('bob'));
    expect(Number(other.authorizer?.calls)).toBe(Number(first.authorizer?.calls) + 1);
  });

  test.each([
    ['no token', {}, 401],
    ['a malformed token', { headers: { authorization: 'Basic abc' } }, 401],
    ['an unknown token', asUser('unknown'), 401],
    ['a denied token', asUser('denied'), 403],
    ['a failure of the authorizer', asUser('broken'), 500],
  ])('turns %s into a status', async (_, init, status) => {
    expect((await call('/private', init)).status).toBe(status);
  });
});
