import { setTimeout as sleep } from 'node:timers/promises';
import type { DevStack } from '../../../local/stack.ts';
import { type Hit, injectFault } from './inject.ts';
import { type FaultTarget, type PlannedFault, scheduleFaults } from './schedule.ts';

/** A fault that has happened. */
export interface Kill {
  /** When: milliseconds since 1970. */
  readonly at: number;
  /** When what was frozen went on; for a kill, the same. */
  readonly untilAt: number;
  readonly target: FaultTarget;
  readonly signal: string;
  /** What exactly was hit: of a sandbox, the function. */
  readonly what: string;
}

export interface Faults {
  /** Those that have happened so far. */
  readonly kills: readonly Kill[];
  /** Makes no more of them; resolves when the last one is over. */
  stop(): Promise<void>;
}

/** Makes one fault after the other happen, as the seed's schedule says, until stopped. */
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
        console.error(`The fault ${target} ${signal} was not made: ${String(error)}`),
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
