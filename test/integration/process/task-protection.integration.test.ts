import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  EcsTaskProtection,
  type EcsTaskProtectionOptions,
  NO_PROTECTION,
  protectionBy,
} from '../../../functions/process/adapters/task-protection.ts';
import { eventually } from '../../support/eventually.ts';

const Request = z.strictObject({
  ProtectionEnabled: z.boolean(),
  ExpiresInMinutes: z.int().min(1).max(2880).optional(),
});
type Request = z.infer<typeof Request>;
type Answer = (response: ServerResponse, request: Request) => void;

const says =
  (status: number, body: unknown): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const agrees: Answer = (response, { ProtectionEnabled }) =>
  says(200, { protection: { ProtectionEnabled, TaskArn: 'arn' } })(response, { ProtectionEnabled });
const hangs: Answer = () => undefined;
const resets: Answer = (response) => void response.socket?.resetAndDestroy();

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

/** An agent that gives the listed answers in order, and repeats the last one. */
const startAgent = async (...answers: [Answer, ...Answer[]]) => {
  const requests: Request[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    expect([request.method, request.url]).toEqual(['PUT', '/api/task/task-protection/v1/state']);
    const parsed = Request.parse(JSON.parse(body));
    requests.push(parsed);
    const answer = answers[requests.length - 1] ?? answers.at(-1) ?? agrees;
    answer(response, parsed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const isAddress = (value: typeof address): value is AddressInfo => typeof value === 'object';
  const agentUri = `http://127.0.0.1:${isAddress(address) ? address.port : 0}/api/task`;
  return {
    requests,
    protection: (options: Partial<EcsTaskProtectionOptions> = {}) => {
      const protection = new EcsTaskProtection({ agentUri, ...options });
      undo.unshift(async () => protection.end());
      return protection;
    },
    asked: (enabled: readonly boolean[]) =>
      eventually(`requests ${enabled.join(', ')}`, async () => {
        const seen = requests.map(({ ProtectionEnabled }) => ProtectionEnabled);
        expect(seen.slice(0, enabled.length)).toEqual(enabled.slice(0, seen.length));
        return seen.length >= enabled.length || undefined;
      }),
  };
};

describe('the protection of a task', () => {
  it('begins with the work, lasts for a limited time, and ends with the work', async () => {
    const { protection, asked, requests } = await startAgent(agrees);
    const task = protection();
    task.begin();
    await asked([true]);
    task.end();
    await asked([true, false]);
    expect(requests).toEqual([
      { ProtectionEnabled: true, ExpiresInMinutes: 15 },
      { ProtectionEnabled: false },
    ]);
  });

  it('is renewed while the work lasts', async () => {
    const { protection, asked } = await startAgent(agrees);
    const task = protection({ renewMilliseconds: 5 });
    task.begin();
    await asked([true, true, true]);
  });

  it('ends also when the work was done before the agent had confirmed the beginning', async () => {
    const late: Answer = (response, request) => void setTimeout(() => agrees(response, request), 20);
    const { protection, asked } = await startAgent(late, agrees);
    const task = protection();
    task.begin();
    task.end();
    await asked([true, false]);
  });

  it.each<[string, Answer]>([
    ['says that the task is none of a service', says(200, { failure: { Reason: 'TASK_NOT_VALID' } })],
    ['says that the role lacks the right', says(400, { error: { Code: 'AccessDeniedException' } })],
    ['says that it is out of order', says(500, 'no')],
    ['protects where it should not', says(200, { protection: { ProtectionEnabled: false } })],
    ['answers what is no JSON', (response) => void response.end('<html>')],
    ['hangs', hangs],
    ['resets the connection', resets],
    ['falls silent in the middle of its answer', (response) => void response.write('{"protection"')],
  ])('is requested again where the agent %s', async (_, answer) => {
    const { protection, asked } = await startAgent(answer, answer, agrees);
    const task = protection({ timeoutMilliseconds: 500, retryMilliseconds: 5 });
    task.begin();
    await asked([true, true, true]);
    task.end();
    await asked([true, true, true, false]);
  });

  it('is ended where the agent did not answer at first', async () => {
    const { protection, asked } = await startAgent(agrees, hangs, agrees);
    const task = protection({ timeoutMilliseconds: 500, retryMilliseconds: 5 });
    task.begin();
    await asked([true]);
    task.end();
    await asked([true, false, false]);
  });

  it('delays nothing and throws nothing where no agent listens', async () => {
    const protection = new EcsTaskProtection({ agentUri: 'http://127.0.0.1:9' });
    expect(protection.begin()).toBeUndefined();
    expect(protection.end()).toBeUndefined();
  });

  it('pauses at the beginning of a message after half an hour of uninterrupted work', async () => {
    const { protection, asked, requests } = await startAgent(agrees);
    const clock = { time: 0 };
    const times = { now: () => clock.time, stretchMilliseconds: 1_000, breakMilliseconds: 30 };
    const task = protection(times);
    for (let message = 0; message < 4; message += 1) {
      task.begin();
      clock.time += 250;
      task.end();
    }
    await asked([true, false]);
    task.begin();
    // A later request of another task: a request of this one would have reached the agent before its answer.
    const other = protection();
    other.begin();
    await asked([true, false, true]);
    other.end();
    await asked([true, false, true, false]);
    expect(requests).toHaveLength(4);
    clock.time += 30;
    await asked([true, false, true, false, true]);
  });

  it('does not pause where the worker was idle for as long as a pause', async () => {
    const { protection, asked } = await startAgent(agrees);
    const clock = { time: 0 };
    const task = protection({ now: () => clock.time, stretchMilliseconds: 1_000, breakMilliseconds: 30 });
    clock.time = 2_000;
    task.begin();
    await asked([true]);
  });

  it('is off where there is no agent', () => expect(protectionBy(undefined)).toBe(NO_PROTECTION));
});
