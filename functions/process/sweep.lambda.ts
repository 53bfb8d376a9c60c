import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { collectStrayRuns } from './core/collect-stray-runs.ts';
import { buildSweepServices } from './services.ts';

/** Fails runs that died, republishes unacknowledged events, and removes what is no longer needed. */
export const handler = createScheduleHandler({
  build: buildSweepServices,
  run: async ({ pool, redis, runs, store }) => {
    const abandoned = await runs.failLapsed((videoId, error) =>
      logger.error('Run not judged', { sagaId: videoId, error }),
    );
    if (abandoned > 0) logger.warn('Runs given up for dead', { abandoned });
    // Independently of each other: without Redis the rest is swept all the same.
    const [outbox] = await Promise.allSettled([sweepOutbox(pool, redis, 'process')]);
    const collected = await collectStrayRuns({ strays: runs, store }, (runId, error) =>
      logger.error('Run not collected', { runId, error }),
    );
    if (collected > 0) logger.info('Output of stray runs removed', { collected });
    await pruneInbox(pool);
    await runs.pruneTombstones();
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
