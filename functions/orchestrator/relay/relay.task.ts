import * as z from 'zod';
import { ENV_INBOX_URL } from '../../contracts/env.ts';
import { SQS_CALLS } from '../../shared/aws/call-limits.ts';
import { createSqsClient } from '../../shared/aws/sqs-client.ts';
import { parseEnv } from '../../shared/config/env.ts';
import { RedisEnv } from '../../shared/config/schemas.ts';
import { logger } from '../../shared/logging/logger.ts';
import { createRedis } from '../../shared/redis/client.ts';
import { EventRelay } from './event-relay.ts';
import { InboxSender } from './inbox-sender.ts';
import { keepMetricsAwake } from './keep-metrics-awake.ts';

/** How long a stopping relay may still send events: less than the time that a container has to stop. */
const STOP_MILLISECONDS = 4_000;

const RelayEnv = RedisEnv.and(
  z.object({
    [ENV_INBOX_URL.upload]: z.url(),
    [ENV_INBOX_URL.process]: z.url(),
    [ENV_INBOX_URL.worker]: z.url(),
    [ENV_INBOX_URL.download]: z.url(),
    [ENV_INBOX_URL.orchestrator]: z.url(),
  }),
);

const env = parseEnv(RelayEnv, process.env);
const sqs = createSqsClient(SQS_CALLS);
const givingUp = new AbortController();
const senderTo = (queueUrl: string) => new InboxSender(sqs, queueUrl, givingUp.signal);
const relay = new EventRelay(
  { subscriber: await createRedis(env), commands: await createRedis(env) },
  {
    upload: senderTo(env.UPLOAD_INBOX_URL),
    process: senderTo(env.PROCESS_INBOX_URL),
    worker: senderTo(env.WORKER_INBOX_URL),
    download: senderTo(env.DOWNLOAD_INBOX_URL),
    orchestrator: senderTo(env.ORCHESTRATOR_INBOX_URL),
  },
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logger.info('Relay stops', { signal });
    // Unsent events stay unacknowledged, and their context's sweeper republishes them.
    setTimeout(() => givingUp.abort(), STOP_MILLISECONDS);
    void relay.stop().then(() => process.exit(0));
  });
}
keepMetricsAwake({ sqs, queueUrl: env.WORKER_INBOX_URL, stopping: givingUp.signal });
await relay.start();
