import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { relayedKey, SAGA_EVENTS_CHANNEL } from '../functions/contracts/channel.ts';
import type { SagaEvent } from '../functions/contracts/events.ts';
import { inboxesFor } from '../functions/contracts/routing.ts';
import { someEvent, someOrigin, somePayload, someSource } from '../test/support/events.ts';
import { cpuSeconds, residentMebibytes } from './process-usage.ts';
import { type RelayBench, startRelayBench } from './relay-services.ts';
import { median } from './statistics.ts';

const SAGAS = 1_000;
/** Identical rounds: a memory leak would grow with each. */
const ROUNDS = 10;
/** Events per pipeline. */
const PIPELINED = 100;
/** Maximum number of unacknowledged events. More of them could make Redis disconnect a slow subscriber. */
const MAX_UNDER_WAY = 2_000;
const LOOK_MILLISECONDS = 20;
const SAMPLE_MILLISECONDS = 250;
const DEADLINE_MILLISECONDS = 120_000;

/**
 * `npm run bench -- relay`: sends the events of 1,000 sagas through the relay, as its image runs it, from Redis to the
 * queues. It measures events per second from the first PUBLISH to the last acknowledgement, and the relay's resident
 * memory.
 */
export const runRelayBench = async (): Promise<void> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  const bench = await startRelayBench(stateDir);
  try {
    const redis = new Redis(bench.redisUrl);
    try {
      await untilSubscribed(redis);
      const rounds = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        rounds.push(await runRound(redis, bench));
      }
      console.log(`The events of ${SAGAS} sagas through the relay, ${ROUNDS} times in a row`);
      console.table(rounds);
      console.log(`Median: ${median(rounds.map((round) => round['events/s']))} events per second`);
    } finally {
      redis.disconnect();
    }
  } finally {
    await bench.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
};

const untilSubscribed = async (redis: Redis): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MILLISECONDS;
  while (Number((await redis.pubsub('NUMSUB', SAGA_EVENTS_CHANNEL))[1]) === 0) {
    if (Date.now() > deadline) throw new Error('the relay does not subscribe');
    await sleep(LOOK_MILLISECONDS);
  }
};

const runRound = async (redis: Redis, bench: RelayBench) => {
  const events = Array.from({ length: SAGAS }, sagaEvents).flat();
  const messages = events.reduce((sum, event) => sum + inboxesFor(event).length, 0);
  const memory: number[] = [];
  const sampler = setInterval(() => memory.push(residentMebibytes(bench.relayPid())), SAMPLE_MILLISECONDS);
  try {
    const cpuBefore = usedCpu(bench);
    const startedAt = performance.now();
    const deadline = Date.now() + DEADLINE_MILLISECONDS;
    let [sent, acknowledged] = [0, 0];
    while (acknowledged < events.length) {
      if (Date.now() > deadline) throw new Error(`${events.length - acknowledged} events were not relayed`);
      if (sent < events.length && sent - acknowledged < MAX_UNDER_WAY) {
        await publish(redis, events.slice(sent, sent + PIPELINED));
        sent += PIPELINED;
      } else {
        await sleep(LOOK_MILLISECONDS);
      }
      acknowledged = await countAcknowledged(redis, events, acknowledged);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      events: events.length,
      messages,
      seconds: Number(seconds.toFixed(2)),
      'events/s': Math.round(events.length / seconds),
      'relay CPU s': Number((usedCpu(bench).relay - cpuBefore.relay).toFixed(2)),
      'queues CPU s': Number((usedCpu(bench).queues - cpuBefore.queues).toFixed(2)),
      'RSS median MiB': Math.round(median(memory)),
      'RSS max MiB': Math.round(Math.max(...memory)),
    };
  } finally {
    clearInterval(sampler);
  }
};

/** The events of a successful saga: 4 events, 9 messages. */
const sagaEvents = (): SagaEvent[] => {
  const origin = someOrigin();
  return [
    someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin),
    someEvent('PROCESS_FILE', { attempt: 1, target: 'lambda', source: someSource() }, origin),
    someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin),
    someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin),
  ];
};

/** CPU seconds, which depend less on the machine's other load than elapsed seconds. */
const usedCpu = (bench: RelayBench) => ({
  relay: cpuSeconds(bench.relayPid()),
  queues: cpuSeconds(bench.queuesPid()),
});

const publish = async (redis: Redis, events: readonly SagaEvent[]): Promise<void> => {
  const pipeline = redis.pipeline();
  for (const event of events) pipeline.publish(SAGA_EVENTS_CHANNEL, JSON.stringify(event));
  await pipeline.exec();
};

/** Number of events that are acknowledged without a gap from the first. The relay nearly keeps their order. */
const countAcknowledged = async (
  redis: Redis,
  events: readonly SagaEvent[],
  from: number,
): Promise<number> => {
  const next = events.slice(from, from + MAX_UNDER_WAY);
  if (next.length === 0) return from;
  const marks = await redis.mget(next.map((event) => relayedKey(event.id)));
  const open = marks.indexOf(null);
  return from + (open === -1 ? next.length : open);
};
