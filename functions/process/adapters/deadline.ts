import type { Deadline, Repetition } from '../core/ports.ts';

/** Starts a time limit in seconds; its signal aborts with `reason`. */
export const startDeadline = (seconds: number, reason: Error): Deadline => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason), Math.max(0, seconds) * 1000);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
};

/** Runs a task at intervals in seconds; skips a turn while the previous one is under way. */
export const startRepetition = (seconds: number, task: () => Promise<void>): Repetition => {
  let underWay = false;
  const turn = async () => {
    if (underWay) return;
    underWay = true;
    await task().finally(() => {
      underWay = false;
    });
  };
  const timer = setInterval(() => void turn(), seconds * 1000);
  return { stop: () => clearInterval(timer) };
};
