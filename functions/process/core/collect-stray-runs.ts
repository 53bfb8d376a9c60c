import type { FrameStore, StrayRuns } from './ports.ts';

/** Runs per round, and rounds per sweep. More would be left by more than a thousand crashes a minute. */
const BATCH = 100;
const ROUNDS = 10;

/**
 * Removes the output of runs that did not win: they failed, died or were overtaken. A run that cannot be collected
 * stops no other.
 *
 * @returns how many runs were collected.
 */
export const collectStrayRuns = async (
  { strays, store }: { strays: StrayRuns; store: Pick<FrameStore, 'discardRun'> },
  onError: (runId: string, error: unknown) => void,
): Promise<number> => {
  const seen = new Set<string>();
  let collected = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const runs = (await strays.find(BATCH + seen.size)).filter(({ runId }) => !seen.has(runId));
    if (runs.length === 0) break;
    for (const run of runs) {
      seen.add(run.runId);
      try {
        await store.discardRun(run);
        await strays.recordRemoved(run.runId);
        collected += 1;
      } catch (error) {
        onError(run.runId, error);
      }
    }
  }
  return collected;
};
