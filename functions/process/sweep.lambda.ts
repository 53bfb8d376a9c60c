import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { buildJobServices } from './services.ts';

/** Tells of runs that died, publishes again what nobody heard, and forgets what nobody can ask for any more. */
export const handler = createScheduleHandler({
  build: buildJobServices,
  run: async ({ pool, redis, jobs }) => {
    const abandoned = await jobs.failAbandoned();
    if (abandoned > 0) logger.warn('Runs given up for dead', { abandoned });
    // Independently of each other: without Redis the rest is swept all the same.
    const [outbox] = await Promise.allSettled([sweepOutbox(pool, redis, 'process')]);
    await pruneInbox(pool);
    await jobs.pruneTombstones();
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
