import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ENV_INBOX_URL } from '../functions/contracts/env.ts';
import { INBOXES } from '../functions/contracts/routing.ts';
import { prepareContainerDirectory } from '../lib/build/container-directory.ts';
import { relayDockerfile } from '../lib/build/dockerfiles.ts';
import { REPOSITORY_ROOT } from '../lib/paths.ts';
import { containerProcess } from '../local/containers/container.ts';
import { awsEnvironment } from '../local/lambda/environment.ts';
import { silentLog } from '../local/log.ts';
import { freePorts } from '../local/ports.ts';
import { ProcessLedger } from '../local/processes/ledger.ts';
import type { ManagedProcess } from '../local/processes/managed-process.ts';
import { startWarden } from '../local/processes/start-warden.ts';
import { queueService } from '../local/services/aws-services.ts';
import { startRedis } from '../local/services/redis.ts';
import { createStateDirectory, stateDirectoryAt } from '../local/state/directory.ts';
import { LocalSecrets } from '../local/state/secrets.ts';

/**
 * Node's default heap limits in the relay's container of 512 MiB: a quarter for the old generation, little for the
 * young one.
 */
const HEAP_MEBIBYTES = 128;
const YOUNG_MEBIBYTES = 1;

/** A relay between Redis and its queues. No consumer reads the queues. */
export interface RelayBench {
  readonly redisUrl: string;
  /** @throws Error if the relay has ended */
  relayPid(): number;
  /** The queue service's process id. @throws Error if it has ended */
  queuesPid(): number;
  stop(): Promise<void>;
}

/** Starts Redis, the queues and the relay's bundle. */
export const startRelayBench = async (stateDir: string): Promise<RelayBench> => {
  const state = stateDirectoryAt(stateDir);
  await createStateDirectory(state);
  const secrets = new LocalSecrets(state.secretsFile);
  const ledger = new ProcessLedger(state.ledgerFile);
  const context = { state, secrets, ledger, log: silentLog };
  const [redisPort = 0, queuePort = 0] = await freePorts(2);
  const endpoint = `http://127.0.0.1:${queuePort}`;
  const aws = awsEnvironment(
    { s3: endpoint, sqs: endpoint, dynamodb: endpoint },
    secrets.get('aws-secret-access-key'),
  );
  ledger.clear();
  const warden = startWarden(state.ledgerFile);
  const queues = queueService(context, queuePort);
  const [redis] = await Promise.all([startRedis(context, redisPort, process.env.REDIS_URL), queues.start()]);
  const directory = prepareContainerDirectory({
    name: 'relay',
    entry: 'orchestrator/relay/relay.task.ts',
    dockerfile: relayDockerfile(),
  });
  const relay = containerProcess(
    {
      name: 'relay',
      directory: directory.relativePath,
      command: ['node', 'index.mjs'],
      stopTimeoutSeconds: 10,
      environment: {
        REDIS_URL: redis.url,
        REDIS_AUTH: 'none',
        STAGE: 'local',
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MEBIBYTES} --max-semi-space-size=${YOUNG_MEBIBYTES}`,
        ...(await createInboxes(aws)),
      },
    },
    { ...context, projectDirectory: REPOSITORY_ROOT, logs: state.logs, aws },
  );
  await relay.start();
  return {
    redisUrl: redis.url,
    relayPid: () => pidOf(relay),
    queuesPid: () => pidOf(queues),
    stop: async () => {
      await relay.stop();
      await Promise.all([redis.process?.stop(), queues.stop()]);
      await warden.dismiss();
    },
  };
};

const pidOf = ({ name, pid, restarts }: ManagedProcess): number => {
  if (pid === undefined || restarts > 0) throw new Error(`${name} has ended`);
  return pid;
};

/**
 * Creates the inbox queues.
 * @returns the environment variables with their URLs
 */
const createInboxes = async (aws: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
  const sqs = new SQSClient({
    region: aws.AWS_REGION ?? '',
    endpoint: aws.AWS_ENDPOINT_URL_SQS ?? '',
    credentials: {
      accessKeyId: aws.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: aws.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const urls: Record<string, string> = {};
  for (const inbox of INBOXES) {
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: `${inbox}.fifo`, Attributes: { FifoQueue: 'true' } }),
    );
    // The SDK calls the URL's host, so the host must resolve.
    urls[ENV_INBOX_URL[inbox]] = new URL(new URL(QueueUrl ?? '').pathname, aws.AWS_ENDPOINT_URL_SQS).href;
  }
  sqs.destroy();
  return urls;
};
