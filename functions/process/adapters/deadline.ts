import type { Deadline } from '../core/ports.ts';

/** Starts a time limit of so many seconds; its signal aborts with `reason`. */
export const startDeadline = (seconds: number, reason: Error): Deadline => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason), Math.max(0, seconds) * 1000);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
};
