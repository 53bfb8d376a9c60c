import { Random } from '../random.ts';

/**
 * The targets of faults. `extractor` is the decoding child of a process function or of the worker; `lambda` is a
 * sandbox of any function.
 */
export const FAULT_TARGETS = ['relay', 'redis', 'postgres', 'extractor', 'lambda', 'worker'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

/** FLUSHALL empties Redis. SIGCONT follows SIGSTOP. */
export type FaultSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'FLUSHALL';

/** A fault in the schedule. */
export interface PlannedFault {
  readonly target: FaultTarget;
  readonly signal: FaultSignal;
  /** Pause after the previous fault. */
  readonly pauseSeconds: number;
  /** Time between SIGSTOP and SIGCONT. */
  readonly frozenSeconds: number;
  /** Selects one of several processes: at least 0, less than 1. */
  readonly choice: number;
}

const SIGNALS: Readonly<Record<FaultTarget, readonly FaultSignal[]>> = {
  relay: ['SIGKILL', 'SIGTERM', 'SIGSTOP'],
  redis: ['SIGKILL', 'SIGSTOP', 'FLUSHALL'],
  postgres: ['SIGKILL', 'SIGSTOP'],
  extractor: ['SIGKILL', 'SIGSTOP'],
  lambda: ['SIGKILL', 'SIGSTOP'],
  worker: ['SIGKILL', 'SIGTERM', 'SIGSTOP'],
};
/** Every fault of every target. Sandboxes count twice, because there are many of them. */
const DECK = [...FAULT_TARGETS, 'lambda' as const].flatMap((target) =>
  SIGNALS[target].map((signal) => ({ target, signal })),
);
const PAUSE_SECONDS = { low: 2, high: 5 };
const FROZEN_SECONDS = { low: 1, high: 8 };

/** An endless schedule, determined by the seed. Every fault occurs once before any occurs again. */
export function* scheduleFaults(seed: number): Generator<PlannedFault, never> {
  const random = new Random(seed, 'faults');
  for (;;) {
    for (const { target, signal } of random.shuffle(DECK)) {
      yield {
        target,
        signal,
        pauseSeconds: random.between(PAUSE_SECONDS.low, PAUSE_SECONDS.high),
        frozenSeconds: random.between(FROZEN_SECONDS.low, FROZEN_SECONDS.high),
        choice: random.next(),
      };
    }
  }
}
