import { Random } from '../random.ts';

/** What a fault hits: `extractor` is the child of a process function or the worker that decodes, `lambda` a sandbox of any function. */
export const FAULT_TARGETS = ['relay', 'redis', 'postgres', 'extractor', 'lambda', 'worker'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

/** FLUSHALL empties Redis; SIGSTOP is followed by SIGCONT. */
export type FaultSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'FLUSHALL';

/** A fault to be. */
export interface PlannedFault {
  readonly target: FaultTarget;
  readonly signal: FaultSignal;
  /** After the fault before. */
  readonly pauseSeconds: number;
  /** How long a stopped one stays stopped. */
  readonly frozenSeconds: number;
  /** Which of several sandboxes, at least 0 and less than 1. */
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
/** Every way to break every target, the sandboxes once more, as they are many. */
const DECK = [...FAULT_TARGETS, 'lambda' as const].flatMap((target) =>
  SIGNALS[target].map((signal) => ({ target, signal })),
);
const PAUSE_SECONDS = { low: 2, high: 5 };
const FROZEN_SECONDS = { low: 1, high: 8 };

/** An endless schedule, the same for the same seed: every fault once before any comes again. */
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
