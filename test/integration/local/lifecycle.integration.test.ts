import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCESS_KEY_ID, REGION } from '../../../local/constants.ts';
import { DevStackError } from '../../../local/errors.ts';
import { processIdentity } from '../../../local/processes/identity.ts';
import { ProcessLedger } from '../../../local/processes/ledger.ts';
import type { DevStack, DevStackOptions } from '../../../local/stack.ts';
import { stateDirectoryAt } from '../../../local/state/directory.ts';
import { LocalSecrets } from '../../../local/state/secrets.ts';
import { eventually } from '../../support/eventually.ts';
import { makeStateDir, removeStateDir, startFixture } from './running-stack.ts';

let stateDir: string;
const started: DevStack[] = [];

beforeEach(async () => {
  stateDir = await makeStateDir();
});

afterEach(async () => {
  for (const stack of started.splice(0)) await stack.stop();
  await removeStateDir(stateDir);
});

const start = async (options: DevStackOptions = {}): Promise<DevStack> => {
  const stack = await startFixture(stateDir, { schedules: false, ...options });
  started.push(stack);
  return stack;
};

const s3Of = (stack: DevStack): S3Client =>
  new S3Client({
    region: REGION,
    endpoint: stack.storageUrl,
    forcePathStyle: true,
    credentials: {
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey: stack.awsEnvironment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });

const refusal = async (attempt: Promise<unknown>): Promise<DevStackError> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof DevStackError) return error;
  throw new Error(`expected a DevStackError: ${String(error)}`);
};

/** The names of all recorded processes that still run. */
const running = (): string[] =>
  new ProcessLedger(stateDirectoryAt(stateDir).ledgerFile).running().map(({ name }) => name);

test('a stop leaves no process, the next start keeps objects and secrets, and a fresh start has no objects', async () => {
  const first = await start();
  const Bucket = first.bucketName('Bucket');
  await s3Of(first).send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'still here' }));
  const ports = [...first.processes.values()].map(({ pid }) => pid ?? 0);
  expect(ports.every((pid) => processIdentity(pid) !== undefined)).toBe(true);
  await first.stop();
  expect(running()).toEqual([]);
  expect(ports.filter((pid) => processIdentity(pid) !== undefined)).toEqual([]);
  const second = await start();
  const kept = await s3Of(second).send(new GetObjectCommand({ Bucket, Key: 'kept' }));
  expect(await kept.Body?.transformToString()).toBe('still here');
  expect(second.awsEnvironment.AWS_SECRET_ACCESS_KEY).toBe(first.awsEnvironment.AWS_SECRET_ACCESS_KEY);
  await second.stop();
  const third = await start({ fresh: true });
  await expect(s3Of(third).send(new GetObjectCommand({ Bucket, Key: 'kept' }))).rejects.toThrow(/key/i);
});

test('a second start is refused with one sentence, and the first keeps running', async () => {
  const first = await start();
  const error = await refusal(startFixture(stateDir));
  expect(error.code).toBe('ALREADY_RUNNING');
  expect(error.message).toBe(`Frame Flow already runs here (pid ${process.pid}, ${first.url})`);
  expect((await fetch(`${first.url}/things/1`)).status).toBe(200);
});

test('the error about a taken port names the port and the command with another port', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const error = await refusal(startFixture(stateDir, { port }));
  expect(error.code).toBe('PORT_TAKEN');
  expect(error.message).toBe(
    `Port ${port} is taken by another program; choose another: PORT=${port + 1000} npm start`,
  );
  expect(running()).toEqual([]);
  other.close();
});

test('the processes of a killed stack end too, and the next start works', async () => {
  const runner = spawn(process.execPath, [join(import.meta.dirname, 'fixture', 'run-stack.ts'), stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: runner.stdout }), 'line');
  expect(line).toMatch(/^http:\/\/localhost:\d+$/);
  const before = running();
  expect(before).toEqual(expect.arrayContaining(['postgres', 'redis', 's3', 'sqs', 'dynamodb', 'ticker']));
  const pids = new ProcessLedger(stateDirectoryAt(stateDir).ledgerFile).running().map(({ pid }) => pid);
  runner.kill('SIGKILL');
  await once(runner, 'exit');
  await eventually(
    'the end of every process',
    () => (pids.every((pid) => processIdentity(pid) === undefined) ? true : undefined),
    60,
  );
  const next = await start();
  expect((await fetch(`${next.url}/things/1`)).status).toBe(200);
});

test('the stack starts again with its database after all its processes are killed at once', async () => {
  const runner = spawn(process.execPath, [join(import.meta.dirname, 'fixture', 'run-stack.ts'), stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: runner.stdout }), 'line');
  const pids = new ProcessLedger(stateDirectoryAt(stateDir).ledgerFile).running().map(({ pid }) => pid);
  const exited = once(runner, 'exit');
  for (const pid of [runner.pid ?? 0, ...pids]) process.kill(pid, 'SIGKILL');
  await exited;
  const next = await start();
  const { host, port, adminUser, adminPassword } = next.endpoints.database;
  const client = new Client({ host, port, user: adminUser, password: adminPassword, database: 'postgres' });
  await client.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
});

test('a start with a broken app is refused with the reason, and leaves no process', async () => {
  const error = await refusal(
    startFixture(stateDir, { appEntry: join(import.meta.dirname, 'fixture', 'broken-app.ts') }),
  );
  expect(error.code).toBe('SYNTH_FAILED');
  expect(error.message).toContain('this app is broken');
  expect(running()).toEqual([]);
});

test('secrets are stored for later starts, readable only by their owner', async () => {
  const state = stateDirectoryAt(stateDir);
  const value = new LocalSecrets(state.secretsFile).get('some');
  expect(new LocalSecrets(state.secretsFile).get('some')).toBe(value);
  expect((await stat(state.secretsFile)).mode & 0o777).toBe(0o600);
  expect(await readFile(state.secretsFile, 'utf8')).toContain(value);
});
