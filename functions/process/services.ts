import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import * as z from 'zod';
import type { OnFallback } from '../../engine/index.ts';
import { ENV_JOB_LEASE_SECONDS } from '../contracts/env.ts';
import { RunId } from '../contracts/ids.ts';
import { METRIC_DIMENSION_CAUSE, METRIC_ENGINE_FALLBACKS } from '../contracts/metrics.ts';
import { S3_TRANSFERS } from '../shared/aws/call-limits.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { whileUnavailable } from '../shared/database/while-unavailable.ts';
import { logger } from '../shared/logging/logger.ts';
import { recordMetrics } from '../shared/metrics/metrics.ts';
import { startDeadline, startRepetition } from './adapters/deadline.ts';
import { S3FrameStore } from './adapters/s3/s3-frame-store.ts';
import type { ProcessServices } from './core/process-services.ts';
import { buildEngine } from './engines.ts';
import { buildJobServices } from './job-services.ts';

/** Everything that an extraction needs, and its connections. */
export interface ExtractionRuntime extends ProcessServices {
  pool: pg.Pool;
  redis: Redis;
}

const leaseEnv = lazyEnv(z.object({ [ENV_JOB_LEASE_SECONDS]: z.coerce.number().positive() }));

/** A fallback is invisible in the result: the metric and its alarm show it. */
const reportFallback: OnFallback = (fallback) => {
  logger.warn('The first engine failed; the second takes over', { ...fallback });
  recordMetrics({ [METRIC_ENGINE_FALLBACKS]: 1 }, { [METRIC_DIMENSION_CAUSE]: fallback.cause });
};

/** Cold start of the functions that extract: environment → adapters. */
export const buildServices = async (): Promise<ExtractionRuntime> => {
  const engine = buildEngine(reportFallback);
  const services = await buildJobServices(S3_TRANSFERS);
  return {
    ...services,
    engine,
    store: new S3FrameStore(services.s3, services.bucket),
    newRunId: () => RunId.parse(randomUUID()),
    persist: whileUnavailable,
    monotonicSeconds: () => performance.now() / 1000,
    leaseSeconds: leaseEnv().JOB_LEASE_SECONDS,
    startDeadline,
    startRepetition,
    observe: (outcome) =>
      'code' in outcome
        ? recordMetrics({ Attempts: 1 }, { engine: engine.name, outcome: outcome.code })
        : recordMetrics(
            {
              Attempts: 1,
              ExtractionSeconds: outcome.extractionSeconds,
              FramesDelivered: outcome.framesDelivered,
              SourceBytes: outcome.sourceBytes,
              SourceBytesRead: outcome.bytesRead,
              SourceRequests: outcome.requests,
            },
            { engine: outcome.engine, outcome: 'DONE' },
          ),
    log: (level, message, details) => logger[level](message, details),
  };
};
