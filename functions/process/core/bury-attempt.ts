import type { ProcessFile } from '../../contracts/events.ts';
import type { JobRepository } from './ports.ts';

/**
 * A PROCESS_FILE that was received so often that its queue gave it up: its attempt fails, so that the saga goes on.
 * Unless somebody works on it, has a result, or there is a later attempt: then there is nothing to tell.
 *
 * @returns whether it was this message that ended the attempt.
 */
export const buryAttempt = async (
  event: ProcessFile,
  { jobs }: { jobs: Pick<JobRepository, 'claim' | 'fail'> },
): Promise<boolean> => {
  const claim = await jobs.claim(event);
  return typeof claim === 'object' && jobs.fail(claim, 'INTERNAL');
};
