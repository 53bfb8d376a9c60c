import { decideFate } from './attempts.ts';
import { secondsAfter } from './leases.ts';
import type { OutputRemoval, RecordedRun, RunRecords } from './ports.ts';

/**
 * Seconds after a run's own end until its output is removed for the last time: its last requests have ended by then.
 */
export const STRAY_MARGIN_SECONDS = 120;

/**
 * Removes the output of a run that did not win: it failed, died or was superseded. A run that is past its own end, and
 * so writes no more, is then forgotten.
 */
export const collectStrayRun = async (
  { objects, job, endsAt, now }: RecordedRun,
  {
    runs,
    store,
  }: { runs: Pick<RunRecords, 'recordCollected' | 'forget'>; store: Pick<OutputRemoval, 'discardRun'> },
): Promise<'CURRENT' | 'COLLECTED' | 'FORGOTTEN'> => {
  const { runId } = objects;
  if (decideFate(job, runId) === 'current') return 'CURRENT';
  await store.discardRun(objects);
  if (secondsAfter(endsAt, STRAY_MARGIN_SECONDS) >= now) {
    await runs.recordCollected(runId);
    return 'COLLECTED';
  }
  await runs.forget(runId);
  return 'FORGOTTEN';
};
