import * as z from 'zod';
import { ENV_ECS_AGENT_URI, ENV_INBOX_URL, ENV_WORKER_VISIBILITY_SECONDS } from '../contracts/env.ts';
import { SQS_POLLS } from '../shared/aws/call-limits.ts';
import { createSqsClient } from '../shared/aws/sqs-client.ts';
import { parseEnv } from '../shared/config/env.ts';
import { dispatch, parseRecord } from '../shared/inbox/inbox-handler.ts';
import { logger } from '../shared/logging/logger.ts';
import { QueueWorker } from './adapters/queue-worker.ts';
import { protectionBy } from './adapters/task-protection.ts';
import { WORKER_ATTEMPT_SECONDS } from './core/budget.ts';
import { processFile } from './core/process-file.ts';
import { buildServices } from './services.ts';

const WorkerEnv = z.object({
  [ENV_INBOX_URL.worker]: z.url(),
  [ENV_WORKER_VISIBILITY_SECONDS]: z.coerce.number().int().positive(),
  [ENV_ECS_AGENT_URI]: z.url().optional(),
});

const env = parseEnv(WorkerEnv, process.env);
const services = await buildServices();
const worker = new QueueWorker({
  sqs: createSqsClient(SQS_POLLS),
  queueUrl: env.WORKER_INBOX_URL,
  visibilitySeconds: env.WORKER_VISIBILITY_SECONDS,
  protection: protectionBy(env.ECS_AGENT_URI),
  consume: (message, stopping) =>
    dispatch(
      parseRecord(message),
      {
        PROCESS_FILE: (event) =>
          processFile(event, services, { budgetSeconds: WORKER_ATTEMPT_SECONDS, stopping }),
      },
      services,
      { remainingMilliseconds: () => WORKER_ATTEMPT_SECONDS * 1000 },
    ),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logger.info('Worker drains', { signal });
    worker.drain();
  });
}
await worker.run();
process.exit(0);
