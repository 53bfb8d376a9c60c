import { basename } from 'node:path';
import type { CommandContext } from './context.ts';
import type { ErrorReport } from './errors.ts';
import { joinOutcomes, type Outcome } from './exit-codes.ts';
import type { Progress, ProgressTask } from './output/progress.ts';
import { runTogether } from './run-together.ts';
import type { Job } from './write/targets.ts';

export interface RunJobsOptions {
  /** Videos at a time. */
  together: number;
  /** What the progress of a video shows at first. */
  begin: Progress;
  reportOf(error: unknown): ErrorReport;
}

/**
 * Does `work` on each video, with a line of progress for each, and reports each failure beside its file's name. A failure
 * ends its own video alone.
 *
 * @throws the signal's reason
 */
export const runJobs = async (
  { terminal, signal }: CommandContext,
  jobs: readonly Job[],
  { together, begin, reportOf }: RunJobsOptions,
  work: (job: Job, task: ProgressTask) => Promise<void>,
): Promise<Outcome> => {
  const board = await terminal.startProgress();
  const runOne = async (job: Job): Promise<Outcome> => {
    const { input } = job;
    const task = board.task(basename(input), begin);
    try {
      await work(job, task);
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'interrupted';
      const report = reportOf(error);
      terminal.error(report, jobs.length > 1 || !report.message.includes(input) ? input : undefined);
      return report.outcome;
    } finally {
      task.end();
    }
  };
  try {
    const outcomes = await runTogether(jobs, together, runOne, signal);
    signal.throwIfAborted();
    return joinOutcomes(outcomes);
  } finally {
    terminal.endProgress();
  }
};
