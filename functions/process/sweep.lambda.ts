import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { buildJobServices } from './services.ts';

/** Publishes again what nobody heard, and forgets what nobody can ask for any more. */
export const handler = createScheduleHandler({
  build: buildJobServices,
  run: async ({ pool, redis, jobs }) => {
    await sweepOutbox(pool, redis);
    await pruneInbox(pool);
    await jobs.pruneTombstones();
  },
});
