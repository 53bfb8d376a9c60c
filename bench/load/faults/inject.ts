import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { DevStack } from '../../../local/stack.ts';
import { extractorsOf, familyOf, signalVictim, type Victim, victimOf } from './processes.ts';
import type { FaultSignal, FaultTarget, PlannedFault } from './schedule.ts';

/** Interval and limit of the search for an extractor, in milliseconds. An extractor lives for less than a second. */
const LOOK_MILLISECONDS = 10;
const LOOK_FOR_MILLISECONDS = 3_000;

/** The target that a fault hit. For a sandbox it is the function's name. */
export interface Hit {
  readonly what: string;
}

/**
 * Injects a fault. Resolves when the fault has ended; a stopped process continues after its time. `onHit` is not called
 * if no target exists.
 */
export const injectFault = async (
  stack: DevStack,
  fault: PlannedFault,
  onHit: (hit: Hit) => void,
): Promise<void> => {
  if (fault.signal === 'FLUSHALL') {
    if (await flushRedis(stack)) onHit({ what: fault.target });
    return;
  }
  const found = await findVictims(stack, fault.target, fault.choice);
  if (found === undefined) return;
  onHit({ what: found.what });
  await strike(found.victims, fault.signal, fault.frozenSeconds);
};

const flushRedis = async (stack: DevStack): Promise<boolean> => {
  const redis = new Redis(stack.endpoints.redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.flushall();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
};

const strike = async (
  victims: readonly Victim[],
  signal: Exclude<FaultSignal, 'FLUSHALL'>,
  frozenSeconds: number,
): Promise<void> => {
  for (const victim of victims) signalVictim(victim, signal);
  if (signal !== 'SIGSTOP') return;
  await sleep(frozenSeconds * 1000);
  for (const victim of victims) signalVictim(victim, 'SIGCONT');
};

interface Found {
  readonly what: string;
  readonly victims: readonly Victim[];
}

const findVictims = async (
  stack: DevStack,
  target: FaultTarget,
  choice: number,
): Promise<Found | undefined> => {
  switch (target) {
    case 'relay':
    case 'redis':
    case 'postgres':
    case 'worker':
      return familyAsVictims(target, stack.process(target).pid);
    case 'lambda': {
      const busy = sandboxesOf(stack, true);
      const candidates = busy.length > 0 ? busy : sandboxesOf(stack, false);
      const chosen = candidates[Math.floor(choice * candidates.length)];
      return chosen && familyAsVictims(chosen.name, chosen.pid);
    }
    case 'extractor': {
      const pid = await findExtractor(stack, choice);
      const victim = pid === undefined ? undefined : victimOf(pid);
      return victim && { what: 'extractor', victims: [victim] };
    }
  }
};

/** The leader first, because PostgreSQL replaces a backend that ends. */
const familyAsVictims = (what: string, pid: number | undefined): Found | undefined => {
  if (pid === undefined) return undefined;
  const victims = familyOf(pid).flatMap((member) => victimOf(member) ?? []);
  return victims.length > 0 ? { what, victims } : undefined;
};

const sandboxesOf = (stack: DevStack, busy: boolean): { name: string; pid: number }[] =>
  stack.model.functions.flatMap(({ logicalId }) => {
    const pool = stack.lambda(logicalId);
    return (busy ? pool.busyPids : pool.pids).map((pid) => ({ name: logicalId, pid }));
  });

const findExtractor = async (stack: DevStack, choice: number): Promise<number | undefined> => {
  const deadline = Date.now() + LOOK_FOR_MILLISECONDS;
  while (Date.now() < deadline) {
    const worker = stack.process('worker').pid;
    const parents = [
      ...stack.lambda('ProcessInboxHandler').busyPids,
      ...(worker === undefined ? [] : [worker]),
    ];
    const found = extractorsOf(parents);
    const chosen = found[Math.floor(choice * found.length)];
    if (chosen !== undefined) return chosen;
    await sleep(LOOK_MILLISECONDS);
  }
  return undefined;
};
