import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepEach } from '../shared/sweep/sweep-each.ts';
import { collectStrayRun, STRAY_MARGIN_SECONDS } from './core/collect-stray-run.ts';
import { judgeRun } from './core/judge-run.ts';
import { buildSweepServices } from './sweep-services.ts';

/** Runs collected at the same time. Each waits for S3 most of its time. */
const WORKERS = 8;

/** Fails runs that died, republishes unacknowledged events, and removes what is no longer needed. */
export const handler = createScheduleHandler({
  build: buildSweepServices,
  run: async ({ pool, redis, runs, stamp, store }, { hasTime }) => {
    const judged = await sweepEach(runs.lapsed(), (videoId) => judgeRun(videoId, { runs, stamp }), {
      workers: 1,
      hasTime,
      onError: (videoId, error) => logger.error('Run not judged', { sagaId: videoId, error }),
    });
    if (judged.FAILED) logger.warn('Attempts failed after a lapsed lease', { attempts: judged.FAILED });
    // Independent of each other: without Redis the rest is swept all the same.
    const [outbox] = await Promise.allSettled([sweepOutbox(pool, redis, 'process')]);
    await pruneInbox(pool);
    await runs.pruneTombstones();
    // Last, because it depends on S3: an S3 that does not answer takes the time from nothing else.
    const { COLLECTED: collected = 0, FORGOTTEN: forgotten = 0 } = await sweepEach(
      runs.uncollected(STRAY_MARGIN_SECONDS),
      (run) => collectStrayRun(run, { runs, store }),
      {
        workers: WORKERS,
        hasTime,
        onError: ({ objects: { runId } }, error) => logger.error('Run not collected', { runId, error }),
      },
    );
    if (collected + forgotten > 0) logger.info('Output of stray runs removed', { collected, forgotten });
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
