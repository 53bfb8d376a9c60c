import { METRIC_DIMENSION_CONTEXT, METRIC_OLDEST_WAITING_SECONDS } from '../contracts/metrics.ts';
import { pruneInbox } from '../shared/inbox/prune-inbox.ts';
import { logger } from '../shared/logging/logger.ts';
import { recordMetrics } from '../shared/metrics/metrics.ts';
import { sweepOutbox } from '../shared/outbox/sweep-outbox.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepEach } from '../shared/sweep/sweep-each.ts';
import {
  clearTombstone,
  OVERDUE_GRACE_SECONDS,
  settleOverdue,
  TOMBSTONE_GRACE_SECONDS,
} from './core/sweep-uploads.ts';
import { buildServices } from './services.ts';

/** Concurrent videos and concurrent tombstones. Each spends most of its time waiting for S3. */
const WORKERS = 8;

/** Republishes unacknowledged events, receives or expires overdue uploads, and removes sources of deleted videos. */
export const handler = createScheduleHandler({
  build: buildServices,
  run: async (services, { hasTime }) => {
    // Independent steps: uploads are swept even without Redis.
    const [outbox] = await Promise.allSettled([sweepOutbox(services.pool, services.redis, 'upload')]);
    const { lifecycle } = services;
    // Concurrently, so that many videos do not delay the tombstones.
    const [videos, tombstones] = await Promise.all([
      sweepEach(lifecycle.overdue(OVERDUE_GRACE_SECONDS), (video) => settleOverdue(video, services), {
        workers: WORKERS,
        hasTime,
        onError: ({ id: videoId }, error) => logger.error('Video not swept', { videoId, error }),
      }),
      sweepEach(
        lifecycle.settledTombstones(TOMBSTONE_GRACE_SECONDS),
        (tombstone) => clearTombstone(tombstone, services),
        {
          workers: WORKERS,
          hasTime,
          onError: ({ videoId }, error) => logger.error('Tombstone not cleared', { videoId, error }),
        },
      ),
    ]);
    const counts = { ...videos, ...tombstones };
    if (Object.keys(counts).length > 0) logger.info('Uploads swept', counts);
    const { videos: waiting, oldestSeconds } = await services.waiting.backlog();
    recordMetrics(
      { [METRIC_OLDEST_WAITING_SECONDS]: oldestSeconds, WaitingVideos: waiting },
      { [METRIC_DIMENSION_CONTEXT]: 'upload' },
    );
    await pruneInbox(services.pool);
    if (outbox.status === 'rejected') throw outbox.reason;
  },
});
