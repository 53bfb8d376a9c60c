import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepUploads } from './core/sweep-uploads.ts';
import { buildServices } from './services.ts';

/** Delivers what nobody heard, takes in or expires what nobody told of. */
export const handler = createScheduleHandler({
  build: buildServices,
  run: async (services) => {
    // Independently of each other: without Redis the uploads are swept all the same.
    const [outbox] = await Promise.allSettled([sweepOutbox(services.pool, services.redis, 'upload')]);
    const uploads = await sweepUploads(services, (videoId, error) =>
      logger.error('Video not swept', { videoId, error }),
    );
    if (Object.values(uploads).some((count) => count > 0)) logger.info('Uploads swept', { ...uploads });
    await pruneInbox(services.pool);
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
