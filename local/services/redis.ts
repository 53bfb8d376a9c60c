import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CACHE_DIRECTORY, LOOPBACK } from '../constants.ts';
import { DevStackError } from '../errors.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { provideRedisServer } from './redis-server.ts';
import type { ServiceContext } from './service.ts';

export interface RedisService {
  /** `redis://host:port` */
  readonly url: string;
  /** Undefined if REDIS_URL names an external server. */
  readonly process: ManagedProcess | undefined;
}

/**
 * Uses the server at `foreignUrl`, or starts one on the given port of 127.0.0.1. It saves nothing to disk, because
 * Redis contains no durable data.
 * @throws DevStackError REDIS_UNREACHABLE, REDIS_MISSING, SERVICE_FAILED
 */
export const startRedis = async (
  context: ServiceContext,
  port: number,
  foreignUrl: string | undefined,
): Promise<RedisService> => {
  if (foreignUrl !== undefined && foreignUrl !== '') return checkForeign(foreignUrl);
  const downloadLog = join(context.state.logs, 'redis-download.log');
  const { program, env } = await provideRedisServer({
    env: process.env,
    cacheDirectory: CACHE_DIRECTORY,
    log: context.log,
    record: (text) => appendFileSync(downloadLog, text, { mode: 0o600 }),
  });
  const settings = ['--bind', LOOPBACK, '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
  const server = new ManagedProcess(
    {
      name: 'redis',
      command: program,
      args: ['--port', String(port), '--dir', context.state.redis, ...settings],
      env: { PATH: process.env.PATH, LANG: 'C', ...env },
      cwd: context.state.redis,
      logFile: join(context.state.logs, 'redis.log'),
      isReady: () => pings(port),
    },
    context,
  );
  await server.start();
  return { url: `redis://${LOOPBACK}:${port}`, process: server };
};

/** @throws DevStackError REDIS_UNREACHABLE */
const checkForeign = async (url: string): Promise<RedisService> => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw new DevStackError('REDIS_UNREACHABLE', `REDIS_URL is set to ${url}, but no Redis answers there.`, {
      cause: error,
    });
  } finally {
    client.disconnect();
  }
  return { url, process: undefined };
};

/** Whether the port answers PING. It writes the protocol itself, because a Redis client would reconnect by default. */
const pings = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port }, () => socket.write('PING\r\n'));
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('data', (data) => settle(data.toString().startsWith('+PONG')));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
  });
