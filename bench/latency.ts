import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { SAGA_EVENTS_CHANNEL } from '../functions/contracts/channel.ts';
import { SagaEvent } from '../functions/contracts/events.ts';
import { silentLog } from '../local/log.ts';
import { type DevStack, startDevStack } from '../local/stack.ts';
import { ApiUser } from '../test/support/api-user.ts';
import { clip } from '../test/support/clips.ts';
import { eventually } from '../test/support/eventually.ts';
import { median, milliseconds, percentile } from './statistics.ts';

const UPLOADS = 20;
const WARM_UP_UPLOADS = 3;
const CALLS_PER_ROUTE = 100;

/**
 * Latency of the pipeline (from the end of the upload to READY, the extraction not counted) and of each route of the
 * API, on the dev stack, one call at a time. Cold starts are left out: the first rounds are not counted.
 */
export const runLatencyBench = async (): Promise<void> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  const stack = await startDevStack({ stateDir, port: 0, storagePort: 0, log: silentLog });
  try {
    const api = await ApiUser.register(stack.url);
    const overheads = await measurePipeline(stack, api);
    console.log(`\nUpload's end to READY, the extraction not counted (${overheads.length} uploads)`);
    console.table([
      {
        median: milliseconds(median(overheads)),
        p99: milliseconds(percentile(overheads, 0.99)),
        max: milliseconds(Math.max(...overheads)),
      },
    ]);
    console.log(`The API, ${CALLS_PER_ROUTE} calls each, one at a time`);
    console.table(await measureRoutes(api));
  } finally {
    await stack.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
};

/** Milliseconds per upload. */
const measurePipeline = async (stack: DevStack, api: ApiUser): Promise<number[]> => {
  const extractionSeconds = new Map<string, number>();
  const subscriber = new Redis(stack.endpoints.redisUrl);
  subscriber.on('message', (_channel, message) => {
    const event = SagaEvent.parse(JSON.parse(message));
    if (event.type === 'FILE_PROCESSED') extractionSeconds.set(event.sagaId, event.payload.extractionSeconds);
  });
  await subscriber.subscribe(SAGA_EVENTS_CHANNEL);
  try {
    const path = await clip('h264.mp4');
    const overheads: number[] = [];
    for (let upload = 0; upload < WARM_UP_UPLOADS + UPLOADS; upload += 1) {
      const id = await api.uploadFile(path);
      const uploadedAt = performance.now();
      await api.untilStatus(id, ['READY']);
      const elapsed = performance.now() - uploadedAt;
      const extraction = await eventually('FILE_PROCESSED', () => extractionSeconds.get(id));
      if (upload >= WARM_UP_UPLOADS) overheads.push(elapsed - extraction * 1000);
    }
    return overheads;
  } finally {
    subscriber.disconnect();
  }
};

const measureRoutes = async (api: ApiUser): Promise<Record<string, { p50: string; p99: string }>> => {
  const { items } = await api.client.listVideos();
  const id = items[0]?.id ?? '';
  const credentials = { email: `bench-${Date.now()}@example.com`, password: 'bench: a long sentence' };
  await api.call('POST', '/auth/register', { body: credentials });
  const routes: [string, string, unknown?][] = [
    ['GET', '/health'],
    ['GET', '/.well-known/jwks.json'],
    ['POST', '/auth/login', credentials],
    ['GET', '/auth/me'],
    ['POST', '/videos', { fileName: 'bench.mp4', sizeBytes: 1_000_000 }],
    ['GET', '/videos'],
    ['GET', `/videos/${id}`],
    ['GET', `/videos/${id}/events`],
    ['GET', `/videos/${id}/download`],
    ['GET', `/videos/${id}/frames`],
  ];
  const table: Record<string, { p50: string; p99: string }> = {};
  for (const [method, path, body] of routes) {
    const times = await measureCalls(api, method, path, body);
    const name = `${method} ${path.replace(id || '{id}', '{id}')}`;
    table[name] = { p50: milliseconds(median(times)), p99: milliseconds(percentile(times, 0.99)) };
  }
  return table;
};

const measureCalls = async (api: ApiUser, method: string, path: string, body: unknown): Promise<number[]> => {
  const times: number[] = [];
  for (let call = -5; call < CALLS_PER_ROUTE; call += 1) {
    const startedAt = performance.now();
    const response = await api.call(method, path, body === undefined ? {} : { body });
    await response.arrayBuffer();
    const elapsed = performance.now() - startedAt;
    if (response.status >= 400) throw new Error(`${method} ${path} answered ${response.status}`);
    if (call >= 0) times.push(elapsed);
  }
  return times;
};
