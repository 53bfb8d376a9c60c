import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { ENV_INBOX_URL } from '../../contracts/env.ts';
import { parseEnv } from '../../shared/config/env.ts';
import { RedisEnv } from '../../shared/config/schemas.ts';
import { logger } from '../../shared/logging/logger.ts';
import { createRedis } from '../../shared/redis/client.ts';
import { EventRelay } from './event-relay.ts';
import { InboxSender } from './inbox-sender.ts';

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
const sqs = new SQSClient({});
const relay = new EventRelay(
  { subscriber: await createRedis(env), commands: await createRedis(env) },
  {
    upload: new InboxSender(sqs, env.UPLOAD_INBOX_URL),
    process: new InboxSender(sqs, env.PROCESS_INBOX_URL),
    worker: new InboxSender(sqs, env.WORKER_INBOX_URL),
    download: new InboxSender(sqs, env.DOWNLOAD_INBOX_URL),
    orchestrator: new InboxSender(sqs, env.ORCHESTRATOR_INBOX_URL),
  },
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logger.info('Relay stops', { signal });
    void relay.stop().then(() => process.exit(0));
  });
}
await relay.start();
