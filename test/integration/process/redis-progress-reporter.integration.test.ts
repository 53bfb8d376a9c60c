import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRESS_TTL_SECONDS, progressKey } from '../../../functions/contracts/channel.ts';
import { VideoId } from '../../../functions/contracts/ids.ts';
import { RedisProgressReporter } from '../../../functions/process/adapters/redis-progress-reporter.ts';
import { eventually } from '../../support/eventually.ts';
import { connectRedis } from '../../support/services.ts';

let redis: Redis;
beforeAll(() => {
  redis = connectRedis();
});
afterAll(() => redis.quit());

const someVideoId = () => VideoId.parse(randomUUID());

describe('RedisProgressReporter', () => {
  it('shows the last report for a limited time, until it is cleared', async () => {
    const videoId = someVideoId();
    const reporter = new RedisProgressReporter(redis);
    for (let done = 0; done <= 5; done += 1) reporter.report(videoId, done, 7);
    await eventually('the last report', async () => {
      const shown = await redis.hgetall(progressKey(videoId));
      return shown.framesDone === '5' && shown.framesExpected === '7' ? true : undefined;
    });
    const seconds = await redis.ttl(progressKey(videoId));
    expect(seconds).toBeGreaterThan(PROGRESS_TTL_SECONDS - 60);
    expect(seconds).toBeLessThanOrEqual(PROGRESS_TTL_SECONDS);
    await reporter.clear(videoId);
    expect(await redis.exists(progressKey(videoId))).toBe(0);
  });

  it('shows nothing after it was cleared, even if a report came right before', async () => {
    const videoId = someVideoId();
    const reporter = new RedisProgressReporter(redis);
    reporter.report(videoId, 1, 2);
    reporter.report(videoId, 2, 2);
    await reporter.clear(videoId);
    expect(await redis.exists(progressKey(videoId))).toBe(0);
  });

  it('lets the extraction go on without Redis', async () => {
    const absent = new Redis('redis://127.0.0.1:1', {
      ...{ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 },
      retryStrategy: () => null,
    });
    absent.on('error', () => undefined);
    const reporter = new RedisProgressReporter(absent);
    reporter.report(someVideoId(), 1, 2);
    await expect(reporter.clear(someVideoId())).resolves.toBeUndefined();
    absent.disconnect();
  });
});
