import type { ProcessFile } from '../../contracts/events.ts';
import { decideBurial } from './decide-order.ts';
import type { ProcessServices } from './process-services.ts';

/**
 * Handles a PROCESS_FILE that its queue gave up after too many receives: its attempt fails, so that the saga goes on.
 * An attempt is left alone if a run works on it, if it has a result, or if a later one followed it.
 *
 * @returns whether this message ended the attempt.
 */
export const buryAttempt = (
  event: ProcessFile,
  { jobs, stamp }: Pick<ProcessServices, 'jobs' | 'stamp'>,
): Promise<boolean> =>
  jobs.changeOrCreate(event.sagaId, (job, now) =>
    decideBurial(job, event, 'INTERNAL', { now, stamp: stamp() }),
  );
