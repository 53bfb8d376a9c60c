import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { InterruptedError, StepError } from './errors.ts';
import { ProgramError, type Programs } from './programs.ts';

/** One step of the deployment. */
export interface Step {
  /** What it does, as the user reads it. */
  readonly title: string;
  /** What the user is to do where it fails: one sentence. */
  readonly advice: string;
  /** The log of the program that it runs, if any. */
  readonly log?: string;
  readonly run: () => Promise<void>;
}

export interface StepServices {
  readonly log: Log;
  readonly programs: Programs;
  readonly signal: AbortSignal;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Runs steps one after another and says what each does and how long it took.
 *
 * @throws StepError (as rejection) of the first step that fails, InterruptedError where the signal ended it.
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
  const logged = log === undefined ? '' : `\nAll that was written: ${programs.logFile(log)}`;
  const written = error instanceof ProgramError ? error.lastLines : [];
  const details = written.length > 0 ? written : [messageOf(error)];
  const shown = [...details].map((line) => `\n  ${line}`).join('');
  return new StepError(`${title} failed. ${advice}${shown}${logged}`, { cause: error });
};
