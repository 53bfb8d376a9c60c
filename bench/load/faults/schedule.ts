import { Random } from '../random.ts';

/** What a fault hits: `ffmpeg` is a child of a process function or the worker, `lambda` a sandbox of any function. */
export const FAULT_TARGETS = ['relay', 'redis', 'postgres', 'ffmpeg', 'lambda', 'worker'] as const;
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
  ffmpeg: ['SIGKILL', 'SIGSTOP'],
  lambda: ['SIGKILL', 'SIGKILL', 'SIGSTOP'],
  worker: ['SIGKILL', 'SIGTERM', 'SIGSTOP'],
};
/** Sandboxes are many: they are hit more often. */
const WEIGHTED: readonly FaultTarget[] = [...FAULT_TARGETS, 'lambda', 'lambda', 'ffmpeg', 'relay'];
const PAUSE_SECONDS = { low: 2, high: 5 };
const FROZEN_SECONDS = { low: 1, high: 8 };

/** An endless schedule, the same for the same seed. */
export function* scheduleFaults(seed: number): Generator<PlannedFault, never> {
  const random = new Random(seed, 'faults');
  for (;;) {
    const target = random.pick(WEIGHTED);
    yield {
      target,
      signal: random.pick(SIGNALS[target]),
      pauseSeconds: random.between(PAUSE_SECONDS.low, PAUSE_SECONDS.high),
      frozenSeconds: random.between(FROZEN_SECONDS.low, FROZEN_SECONDS.high),
      choice: random.next(),
    };
  }
}
