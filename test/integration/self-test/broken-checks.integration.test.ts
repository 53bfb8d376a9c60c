import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { FfmpegCliEngine, LibavEngine } from '../../../engine/index.ts';
import {
  Argon2PasswordHasher,
  CURRENT_PARAMETERS,
} from '../../../functions/auth/adapters/argon2-password-hasher.ts';
import { LOGIN_ROLES } from '../../../functions/contracts/database.ts';
import { engineCheck } from '../../../functions/self-test/adapters/engine-check.ts';
import { loginCheck } from '../../../functions/self-test/adapters/login-check.ts';
import { oneFrameClip } from '../../../functions/self-test/adapters/one-frame-clip.ts';
import { packagesCheck } from '../../../functions/self-test/adapters/packages-check.ts';
import { passwordCheck } from '../../../functions/self-test/adapters/password-check.ts';
import { redisCheck } from '../../../functions/self-test/adapters/redis-check.ts';
import { storageCheck } from '../../../functions/self-test/adapters/storage-check.ts';
import { createChecks } from '../../../functions/self-test/checks.ts';
import type { Check } from '../../../functions/self-test/core/check.ts';
import { runSelfTest } from '../../../functions/self-test/run-self-test.ts';
import { prepareExtractor } from '../../../lib/build/extractor-program.ts';
import { REPOSITORY_ROOT } from '../../../lib/paths.ts';
import { createTestDatabase, serviceEnv } from '../../support/services.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';

const BUCKET = 'self-test-probes';
const ROLE = 'frame_flow_auth';
const NOTHING_LISTENS = '1';
const MISSING_PACKAGE = 'a-package-that-is-not-there';

/** A folder outside the repository, in which the extractor finds libav only at the given path, as in Lambda. */
const elsewhere = mkdtempSync(join(tmpdir(), 'frame-flow-self-test-'));
const program = join(elsewhere, 'extractor.mjs');
const libavPath = join(REPOSITORY_ROOT, 'node_modules');

const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  copyFileSync(prepareExtractor(), program);
  const database = await createTestDatabase();
  closing.push(() => database.close());
  const { path: ffmpegPath }: { path: string } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg');
  const env = {
    ...serviceEnv(),
    ...database.envOf('auth'),
    VIDEO_BUCKET: BUCKET,
    FFMPEG_PATH: ffmpegPath,
    LIBAV_PATH: libavPath,
  };
  for (const [name, value] of Object.entries(env)) process.env[name] = value;
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  for (const close of closing) await close();
  rmSync(elsewhere, { recursive: true, force: true });
});

/** The port of a server that accepts connections but never answers. */
const silent = async (target: { host: string; port: number }): Promise<number> => {
  const proxy = await startTcpProxy(target);
  proxy.takeAway('frozen');
  closing.push(() => proxy.close());
  return proxy.port;
};
const addressOf = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

const messageOf = async (checks: readonly Check[]): Promise<string> => {
  const [outcome] = await Promise.allSettled([runSelfTest(checks, process.env)]);
  if (outcome.status === 'fulfilled') return 'passed';
  return outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason);
};

test('A working deployment passes every check', async () => {
  const passed = await runSelfTest(createChecks(), process.env);
  expect(passed.map(({ name }) => name)).toEqual([
    'packages',
    'password',
    'engine libav',
    'engine ffmpeg-cli',
    ...LOGIN_ROLES.map((role) => `login ${role}`),
    'redis',
    'storage',
  ]);
});

test('The engine check passes with the paths that the cases below replace', async () => {
  const engine = new LibavEngine({ program, libavPath });
  expect(await messageOf([engineCheck(engine, oneFrameClip())])).toBe('passed');
});

interface Broken {
  title: string;
  check(): Check;
  env?(): Record<string, string> | Promise<Record<string, string>>;
  sentence: RegExp;
}

const BROKEN: Broken[] = [
  {
    title: 'a package is missing',
    check: () =>
      packagesCheck({ [MISSING_PACKAGE]: () => import(MISSING_PACKAGE), zod: () => import('zod') }),
    sentence: /^A package does not load \(a-package-that-is-not-there: .+\): look at package-lock\.json/,
  },
  {
    title: 'the runtime has no Argon2',
    check: () => passwordCheck(new Argon2PasswordHasher(CURRENT_PARAMETERS, {})),
    sentence: /^Passwords cannot be hashed \(node:crypto has no argon2\): the runtime is Node \d+/,
  },
  {
    title: 'the path of libav is wrong',
    check: () => engineCheck(new LibavEngine({ program, libavPath: '/missing/libav' }), oneFrameClip()),
    sentence: /^The engine libav gives no frame of the built-in clip \(.+\): look at the FFmpeg layer/,
  },
  {
    title: 'the path of FFmpeg is wrong',
    check: () => engineCheck(new FfmpegCliEngine({ binary: '/missing/ffmpeg' }), oneFrameClip()),
    sentence: /^The engine ffmpeg-cli gives no frame of the built-in clip \(.+\): look at the FFmpeg layer/,
  },
  {
    title: 'the password of the roles is wrong',
    check: () => loginCheck(ROLE),
    env: () => ({ DATABASE_PASSWORD: 'wrong-password-of-a-role' }),
    sentence:
      /^The role frame_flow_auth cannot log in to PostgreSQL \(28P01: .+\): look at the log of the mig/,
  },
  {
    title: 'a role does not exist',
    check: () => loginCheck('frame_flow_missing'),
    sentence: /^The role frame_flow_missing cannot log in to PostgreSQL \(.+\): look at/,
  },
  {
    title: 'PostgreSQL is down',
    check: () => loginCheck(ROLE),
    env: () => ({ DATABASE_PORT: NOTHING_LISTENS }),
    sentence: /^The role frame_flow_auth cannot log in to PostgreSQL \(.*ECONNREFUSED.*\): look at/,
  },
  {
    title: 'PostgreSQL is silent',
    check: () => loginCheck(ROLE),
    env: async () => ({ DATABASE_PORT: String(await silent(inject('services').postgres)) }),
    sentence: /^The role frame_flow_auth cannot log in to PostgreSQL \(.*timeout.*\): look at/,
  },
  {
    title: 'Redis is down',
    check: redisCheck,
    env: () => ({ REDIS_URL: `redis://127.0.0.1:${NOTHING_LISTENS}` }),
    sentence: /^Redis does not answer PING \(.*ECONNREFUSED.*\): look at the status of the cache/,
  },
  {
    title: 'Redis is silent',
    check: redisCheck,
    env: async () => ({
      REDIS_URL: `redis://127.0.0.1:${await silent(addressOf(inject('services').redisUrl))}`,
    }),
    sentence: /^Redis does not answer PING \(.+\): look at the status of the cache/,
  },
  {
    title: 'the bucket is missing',
    check: storageCheck,
    env: () => ({ VIDEO_BUCKET: 'not-there' }),
    sentence:
      /^A probe object cannot be written, read and removed in the bucket \(NoSuchBucket.*\): look at VIDEO/,
  },
  {
    title: 'the bucket is silent',
    check: storageCheck,
    env: async () => ({
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${await silent(addressOf(inject('services').s3Endpoint))}`,
    }),
    sentence:
      /^A probe object cannot be written, read and removed in the bucket \(.+\): look at VIDEO_BUCKET/,
  },
  {
    title: 'a variable is missing',
    check: storageCheck,
    env: () => ({ VIDEO_BUCKET: '' }),
    sentence: /^A probe object cannot be written.*\(ConfigError: Environment: VIDEO_BUCKET: .*\): look at/,
  },
];

describe('A deployment stops with one sentence when', () => {
  test.each(BROKEN)('$title', async ({ check, env, sentence }) => {
    for (const [name, value] of Object.entries((await env?.()) ?? {})) vi.stubEnv(name, value);
    const message = await messageOf([check()]);
    expect(message).toMatch(sentence);
    // One line, so without a stack trace, and without the secret.
    expect(message).not.toContain('\n');
    expect(message).not.toContain(process.env.DATABASE_PASSWORD);
    expect(message).toMatch(/\.$/);
  });
});

test('The probe object is removed even if it cannot be read', async () => {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume().on('end', () => response.writeHead(request.method === 'GET' ? 403 : 200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${address.port}`);

  expect(await messageOf([storageCheck()])).toMatch(/^A probe object cannot be written, read and removed/);
  const [put] = calls;
  const key = put?.replace('PUT ', '');
  expect(key).toMatch(/^\/self-test-probes\/probes\/[0-9a-f-]{36}$/);
  expect(calls).toEqual([`PUT ${key}`, `GET ${key}`, `DELETE ${key}`]);
});
