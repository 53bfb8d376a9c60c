import type { RunObjects } from '../../contracts/storage-keys.ts';
import type { FrameStore, StrayRuns } from './ports.ts';

/** Removes the output of a run that did not win: it failed, died or was overtaken. */
export const collectStrayRun = async (
  run: RunObjects,
  { strays, store }: { strays: Pick<StrayRuns, 'recordRemoved'>; store: Pick<FrameStore, 'discardRun'> },
): Promise<'COLLECTED'> => {
  await store.discardRun(run);
  await strays.recordRemoved(run.runId);
  return 'COLLECTED';
};
