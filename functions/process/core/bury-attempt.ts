import type { ProcessFile } from '../../contracts/events.ts';
import type { JobRepository } from './ports.ts';

/**
 * A PROCESS_FILE that its queue gave up after too many receives: its attempt fails, so that the saga goes on. An
 * attempt that a run works on, that has a result or that a later one followed is left alone.
 *
 * @returns whether this message ended the attempt.
 */
export const buryAttempt = (
  event: ProcessFile,
  { jobs }: { jobs: Pick<JobRepository, 'failUnclaimed'> },
): Promise<boolean> => jobs.failUnclaimed(event, 'INTERNAL');
