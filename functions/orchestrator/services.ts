import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  ENV_LAMBDA_MAX_PICTURE_PIXELS,
  ENV_LAMBDA_MAX_SOURCE_BYTES,
  ENV_LAMBDA_MAX_TOTAL_PIXELS,
  ENV_SAGA_BACKOFF_SECONDS,
  ENV_SAGA_LAMBDA_SECONDS,
  ENV_SAGA_PUBLISHING_SECONDS,
  ENV_SAGA_TABLE,
  ENV_SAGA_WAITING_SECONDS,
  ENV_SAGA_WORKER_SECONDS,
} from '../contracts/env.ts';
import { DYNAMODB_CALLS } from '../shared/aws/call-limits.ts';
import { clientConfig } from '../shared/aws/request-handler.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { RedisEnv } from '../shared/config/schemas.ts';
import { eventStamps } from '../shared/events/event-stamps.ts';
import { logger } from '../shared/logging/logger.ts';
import { recordMetrics } from '../shared/metrics/metrics.ts';
import { createRedis } from '../shared/redis/client.ts';
import { DynamoSagaRepository } from './adapters/dynamo-saga-repository.ts';
import { RedisEventChannel } from './adapters/redis-event-channel.ts';
import { serverClock } from './adapters/server-clock.ts';
import type { OrchestratorServices } from './core/orchestrate.ts';

const Limit = z.coerce.number().int().nonnegative();
const Seconds = z.coerce.number().int().positive();

const env = lazyEnv(
  RedisEnv.and(
    z.object({
      [ENV_SAGA_TABLE]: z.string().min(1),
      [ENV_LAMBDA_MAX_SOURCE_BYTES]: Limit,
      [ENV_LAMBDA_MAX_PICTURE_PIXELS]: Limit,
      [ENV_LAMBDA_MAX_TOTAL_PIXELS]: Limit,
      [ENV_SAGA_WAITING_SECONDS]: Seconds,
      [ENV_SAGA_LAMBDA_SECONDS]: Seconds,
      [ENV_SAGA_WORKER_SECONDS]: Seconds,
      [ENV_SAGA_PUBLISHING_SECONDS]: Seconds,
      [ENV_SAGA_BACKOFF_SECONDS]: Seconds,
    }),
  ),
);

/** Cold start of the orchestrator's functions. */
export const buildServices = async (): Promise<OrchestratorServices> => {
  const table = new DynamoDBClient(clientConfig(DYNAMODB_CALLS));
  const now = serverClock(table, () => new Date());
  return {
    sagas: new DynamoSagaRepository(table, env().SAGA_TABLE),
    channel: new RedisEventChannel(await createRedis(env())),
    stamp: eventStamps(now),
    policy: {
      lambdaLimits: {
        sourceBytes: env().LAMBDA_MAX_SOURCE_BYTES,
        picturePixels: env().LAMBDA_MAX_PICTURE_PIXELS,
        totalPixels: env().LAMBDA_MAX_TOTAL_PIXELS,
      },
      waitingSeconds: env().SAGA_WAITING_SECONDS,
      processingSeconds: { lambda: env().SAGA_LAMBDA_SECONDS, fargate: env().SAGA_WORKER_SECONDS },
      publishingSeconds: env().SAGA_PUBLISHING_SECONDS,
      backoffSeconds: env().SAGA_BACKOFF_SECONDS,
    },
    now,
    observe: ({ sagaId, correlationId, state }) => {
      const attempt = 'attempt' in state ? state.attempt : undefined;
      logger.info('Saga moved', { sagaId, correlationId, status: state.status, attempt });
      recordMetrics({ SagaSteps: 1 }, { status: state.status });
    },
  };
};
