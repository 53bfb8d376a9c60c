import { request } from 'node:http';
import { join } from 'node:path';
import { LOOPBACK, REGION } from '../constants.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import type { ServiceContext } from './service.ts';

/** SQS: `fauxqs`, which stores messages in SQLite. */
export const queueService = (context: ServiceContext, port: number): ManagedProcess =>
  nodeService(context, 'sqs', 'fauxqs-process.ts', { port, region: REGION, dataDir: context.state.queues });

const nodeService = (
  context: ServiceContext,
  name: string,
  entry: string,
  options: { readonly port: number } & Record<string, unknown>,
): ManagedProcess =>
  new ManagedProcess(
    {
      name,
      command: process.execPath,
      args: [join(import.meta.dirname, entry), JSON.stringify(options)],
      env: { PATH: process.env.PATH },
      cwd: context.state.root,
      logFile: join(context.state.logs, `${name}.log`),
      isReady: () => answersHttp(options.port),
    },
    context,
  );

/** Whether the port answers HTTP, with any status. */
const answersHttp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const call = request({ host: LOOPBACK, port, path: '/health', timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(true);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.end();
  });

/**
 * S3: a second `fauxqs`, which stores objects as files. It has its own process, so that large writes (100 MiB) do not
 * delay the queues.
 */
export const objectService = (context: ServiceContext, port: number): ManagedProcess =>
  nodeService(context, 's3', 'fauxqs-process.ts', {
    port,
    region: REGION,
    s3StorageDir: context.state.objects,
  });

/** DynamoDB: `dynalite`. */
export const tableService = (context: ServiceContext, port: number): ManagedProcess =>
  nodeService(context, 'dynamodb', 'dynalite-process.ts', { port, path: context.state.tables });
