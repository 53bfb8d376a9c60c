import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { InterruptedError, StepError } from './errors.ts';
import { ProgramError, type Programs } from './programs.ts';

/** One step of the deployment. */
export interface Step {
  /** Tells the user what the step does. */
  readonly title: string;
  /** Tells the user in one sentence what to do if the step fails. */
  readonly advice: string;
  /** The log name of the program that the step runs, if any. */
  readonly log?: string;
  readonly run: () => Promise<void>;
}

export interface StepServices {
  readonly log: Log;
  readonly programs: Programs;
  readonly signal: AbortSignal;
  /** The current time in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Runs the steps in order. Logs the title and the duration of each.
 *
 * @throws StepError of the first failed step; InterruptedError if the signal was aborted
 */
export const runSteps = async (steps: readonly Step[], services: StepServices): Promise<void> => {
  const { log, signal, now } = services;
  for (const [index, step] of steps.entries()) {
    if (signal.aborted) throw new InterruptedError();
    log.info(`[${index + 1}/${steps.length}] ${step.title}`);
    const startedAt = now();
    try {
      await step.run();
    } catch (error) {
      if (signal.aborted) throw new InterruptedError();
      throw error instanceof StepError ? error : failureOf(step, error, services);
    }
    log.info(`      done in ${((now() - startedAt) / 1000).toFixed(1)} s`);
  }
};

const failureOf = ({ title, advice, log }: Step, error: unknown, { programs }: StepServices): StepError => {
  const logged = log === undefined ? '' : `\nFull output: ${programs.logFile(log)}`;
  const written = error instanceof ProgramError ? error.lastLines : [];
  const details = written.length > 0 ? written : [messageOf(error)];
  const shown = [...details].map((line) => `\n  ${line}`).join('');
  return new StepError(`${title} failed. ${advice}${shown}${logged}`, { cause: error });
};
