import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepEach } from '../shared/sweep/sweep-each.ts';
import { removeArtifact } from './core/sweep-artifacts.ts';
import { buildServices } from './services.ts';

/** Concurrent removals. Each needs a few sequential calls to S3 and one to the database. */
const WORKERS = 16;

/** Republishes unacknowledged events and removes expired artifacts. */
export const handler = createScheduleHandler({
  build: buildServices,
  run: async (services, { hasTime }) => {
    // Independent steps: artifacts are swept even without Redis.
    const [outbox] = await Promise.allSettled([sweepOutbox(services.pool, services.redis, 'download')]);
    const { artifacts } = services;
    const counts = await sweepEach(artifacts.overdue(), (artifact) => removeArtifact(artifact, services), {
      workers: WORKERS,
      hasTime,
      onError: ({ videoId }, error) => logger.error('Artifact not swept', { videoId, error }),
    });
    if (Object.keys(counts).length > 0) logger.info('Artifacts expired', counts);
    await artifacts.forgetDeleted();
    await pruneInbox(services.pool);
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
