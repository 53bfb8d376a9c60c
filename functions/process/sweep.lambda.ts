import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepEach } from '../shared/sweep/sweep-each.ts';
import { collectStrayRun } from './core/collect-stray-run.ts';
import { buildSweepServices } from './services.ts';

/** Runs collected at the same time. Each waits for S3 most of its time. */
const WORKERS = 8;

/** Fails runs that died, republishes unacknowledged events, and removes what is no longer needed. */
export const handler = createScheduleHandler({
  build: buildSweepServices,
  run: async ({ pool, redis, runs, store }, { hasTime }) => {
    const abandoned = await runs.failLapsed((videoId, error) =>
      logger.error('Run not judged', { sagaId: videoId, error }),
    );
    if (abandoned > 0) logger.warn('Runs given up for dead', { abandoned });
    // Independent of each other: without Redis the rest is swept all the same.
    const [outbox] = await Promise.allSettled([sweepOutbox(pool, redis, 'process')]);
    await pruneInbox(pool);
    await runs.pruneTombstones();
    // Last, because it depends on S3: an S3 that does not answer takes the time from nothing else.
    const counts = await sweepEach(runs.strays(), (run) => collectStrayRun(run, { strays: runs, store }), {
      workers: WORKERS,
      hasTime,
      onError: ({ runId }, error) => logger.error('Run not collected', { runId, error }),
    });
    if (Object.keys(counts).length > 0) logger.info('Output of stray runs removed', counts);
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
