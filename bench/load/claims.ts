import { setTimeout as sleep } from 'node:timers/promises';
import { JobRow } from './audit/rows.ts';
import type { System } from './system.ts';

const LOOK_MS = 300;

export interface ClaimWatch {
  /** By video id: when its first extraction began, in milliseconds since 1970. */
  readonly firstClaims: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Remembers when each job was first claimed: a job's row tells of its last claim alone. */
export const watchClaims = (system: System): ClaimWatch => {
  const stopping = new AbortController();
  const firstClaims = new Map<string, number>();
  const look = async (): Promise<void> => {
    const rows = await system.query(
      'SELECT video_id, status, claimed_at, finished_at FROM process.job WHERE NOT video_id = ANY($1)',
      [[...firstClaims.keys()]],
    );
    for (const row of rows) {
      const { videoId, claimedAt } = JobRow.parse(row);
      if (claimedAt !== undefined) firstClaims.set(videoId, claimedAt);
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // What it cannot ask now it asks the next time.
      await look().catch(() => undefined);
      await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    firstClaims,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};
