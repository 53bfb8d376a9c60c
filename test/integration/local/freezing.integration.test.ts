import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { FunctionLog } from '../../../local/lambda/function-log.ts';
import { FunctionPool } from '../../../local/lambda/function-pool.ts';
import type { InvocationResult } from '../../../local/lambda/result.ts';
import { type RuntimeApi, startRuntimeApi } from '../../../local/lambda/runtime-api.ts';
import { silentLog } from '../../../local/log.ts';
import { processIdentity } from '../../../local/processes/identity.ts';
import { ProcessLedger } from '../../../local/processes/ledger.ts';
import { processState } from '../../support/children.ts';
import { eventually } from '../../support/eventually.ts';

/** A function that starts a child, logs or waits, as its event says. */
const HANDLER = `
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
let invocations = 0;
export const handler = async (event) => {
  invocations += 1;
  const child = event.child ? spawn('sleep', ['600'], { stdio: 'ignore' }).pid : null;
  if (event.log) console.log(event.log);
  if (event.seconds) await sleep(event.seconds * 1000);
  return { pid: process.pid, child, invocations };
};
`;
const Answer = z.object({ pid: z.int(), child: z.int().nullable(), invocations: z.int() });

let directory: string;
let runtimeApi: RuntimeApi;
let ledger: ProcessLedger;
let pools: FunctionPool[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'frame-flow-freezing-'));
  await writeFile(join(directory, 'index.mjs'), HANDLER);
  ledger = new ProcessLedger(join(directory, 'ledger'));
  ledger.clear();
  runtimeApi = await startRuntimeApi();
  pools = [];
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  await runtimeApi.close();
  await rm(directory, { recursive: true, force: true });
});

const startPool = (options: { freezes?: boolean; timeoutSeconds?: number; concurrency?: number } = {}) => {
  const { freezes = true, timeoutSeconds = 20, concurrency = 1 } = options;
  const model = {
    logicalId: 'Still',
    name: 'Still',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:Still',
    handler: 'index.handler',
    codeDirectory: directory,
    environment: {},
    timeoutSeconds,
    memoryMb: 128,
    reservedConcurrency: concurrency,
  };
  const services = { runtimeApi, ledger, aws: {}, temporaryDirectory: directory, freezes };
  const pool = new FunctionPool(model, services, new FunctionLog('Still', join(directory, 'log'), silentLog));
  pools.push(pool);
  return pool;
};

const answerOf = (result: InvocationResult) => {
  if (result.kind !== 'success') throw new Error(JSON.stringify(result));
  return Answer.parse(JSON.parse(result.payload));
};
const invoke = async (pool: FunctionPool, event: object = {}) =>
  answerOf(await pool.invoke(JSON.stringify(event)));

const untilIn = (state: string, pid: number) =>
  eventually(`process ${pid} to be in state ${state}`, () =>
    processState(pid) === state ? true : undefined,
  );
const untilGone = (pid: number) =>
  eventually(`the end of ${pid}`, () => (processIdentity(pid) === undefined ? true : undefined));

describe('A sandbox between two invocations', () => {
  it('is stopped together with its children until the next one', async () => {
    const pool = startPool();
    const { pid, child } = await invoke(pool, { child: true });
    for (const still of [pid, child ?? 0]) await untilIn('T', still);
    const second = await invoke(pool, { child: false });
    expect(second).toMatchObject({ pid, invocations: 2 });
    for (const still of [pid, child ?? 0]) await untilIn('T', still);
  });

  it('is stopped from the end of its init', async () => {
    const pool = startPool();
    await pool.prewarm();
    const [pid = 0] = pool.pids;
    await untilIn('T', pid);
    expect(await invoke(pool)).toMatchObject({ pid, invocations: 1 });
  });

  it('answers every event, however soon it follows the previous answer', async () => {
    const pool = startPool({ concurrency: 3 });
    const calls = Array.from({ length: 4 }, async () => {
      for (let call = 0; call < 60; call += 1) await invoke(pool);
    });
    await Promise.all(calls);
    expect(pool.pids.length).toBeLessThanOrEqual(3);
    for (const pid of pool.pids) await untilIn('T', pid);
  });

  it('has written its log lines', async () => {
    const pool = startPool();
    const { pid } = await invoke(pool, { log: 'the last line' });
    await untilIn('T', pid);
    await eventually('the line', async () =>
      (await readFile(join(directory, 'log'), 'utf8')).includes('the last line') ? true : undefined,
    );
  });

  it('keeps running when the stack does not freeze functions', async () => {
    const pool = startPool({ freezes: false });
    const { pid } = await invoke(pool);
    await untilIn('S', pid);
    await eventually('its next invocation', () => (pool.busyPids.length === 0 ? true : undefined));
    expect(await invoke(pool)).toMatchObject({ pid, invocations: 2 });
    expect(processState(pid)).not.toBe('T');
  });
});

describe('A frozen sandbox', () => {
  it('ends together with its children when its pool stops', async () => {
    const pool = startPool();
    const { pid, child } = await invoke(pool, { child: true });
    await untilIn('T', pid);
    await pool.stop();
    for (const gone of [pid, child ?? 0]) await untilGone(gone);
  });

  it('is ended by the ledger after its stack crashed', async () => {
    const pool = startPool();
    const { pid, child } = await invoke(pool, { child: true });
    await untilIn('T', pid);
    expect(await ledger.endLeftovers()).toEqual(['lambda Still']);
    for (const gone of [pid, child ?? 0]) await untilGone(gone);
  });
});

describe('A sandbox during an invocation', () => {
  it('continues after another process stopped and resumed it', async () => {
    const pool = startPool();
    const answer = invoke(pool, { seconds: 0.2 });
    await eventually('the invocation', () => (pool.busyPids.length > 0 ? true : undefined));
    const [pid = 0] = pool.busyPids;
    process.kill(-pid, 'SIGSTOP');
    await untilIn('T', pid);
    process.kill(-pid, 'SIGCONT');
    expect(await answer).toMatchObject({ pid, invocations: 1 });
    await untilIn('T', pid);
  });

  it('ends at its timeout even while stopped, and a new sandbox answers the next event', async () => {
    const pool = startPool({ timeoutSeconds: 1 });
    const first = await invoke(pool);
    const late = pool.invoke(JSON.stringify({ seconds: 30 }));
    await eventually('the invocation', () => (pool.busyPids.length > 0 ? true : undefined));
    process.kill(-first.pid, 'SIGSTOP');
    expect(await late).toMatchObject({ kind: 'error', error: { errorType: 'Sandbox.Timedout' } });
    await untilGone(first.pid);
    expect(await invoke(pool)).toMatchObject({ invocations: 1 });
  });
});
