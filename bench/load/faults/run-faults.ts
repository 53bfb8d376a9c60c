import { setTimeout as sleep } from 'node:timers/promises';
import type { DevStack } from '../../../local/stack.ts';
import { type Hit, injectFault } from './inject.ts';
import { type FaultTarget, type PlannedFault, scheduleFaults } from './schedule.ts';

/** An injected fault. */
export interface Kill {
  /** The beginning, in milliseconds since 1970. */
  readonly at: number;
  /** The end: when a frozen process continued. For a kill it equals `at`. */
  readonly untilAt: number;
  readonly target: FaultTarget;
  readonly signal: string;
  /** The hit target. For a sandbox it is the function's name. */
  readonly what: string;
}

export interface Faults {
  /** The faults so far. */
  readonly kills: readonly Kill[];
  /** Injects no more faults. Resolves when the last one has ended. */
  stop(): Promise<void>;
}

/** Injects faults according to the seed's schedule until it is stopped. */
export const startFaults = (stack: DevStack, seed: number): Faults => {
  const stopping = new AbortController();
  const kills: Kill[] = [];
  const underWay = new Set<Promise<void>>();
  const make = (fault: PlannedFault): void => {
    const { target, signal } = fault;
    const lastsMilliseconds = signal === 'SIGSTOP' ? fault.frozenSeconds * 1000 : 0;
    const onHit = ({ what }: Hit): void => {
      const at = Date.now();
      kills.push({ at, untilAt: at + lastsMilliseconds, target, signal, what });
    };
    const work = injectFault(stack, fault, onHit)
      .catch((error: unknown) =>
        console.error(`The fault ${target} ${signal} was not injected: ${String(error)}`),
      )
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };
  const run = async (): Promise<void> => {
    for (const fault of scheduleFaults(seed)) {
      await sleep(fault.pauseSeconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      make(fault);
    }
  };
  const running = run();
  return {
    kills,
    stop: async () => {
      stopping.abort();
      await running;
      await Promise.all(underWay);
    },
  };
};
