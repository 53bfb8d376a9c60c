import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepArtifacts } from './core/sweep-artifacts.ts';
import { buildServices } from './services.ts';

/** Delivers what nobody heard and removes what has expired. */
export const handler = createScheduleHandler({
  build: buildServices,
  run: async (services) => {
    // Independently of each other: without Redis the artifacts are swept all the same.
    const [outbox] = await Promise.allSettled([sweepOutbox(services.pool, services.redis, 'download')]);
    const expired = await sweepArtifacts(services, (videoId, error) =>
      logger.error('Artifact not swept', { videoId, error }),
    );
    if (expired > 0) logger.info('Artifacts expired', { expired });
    await pruneInbox(services.pool);
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
