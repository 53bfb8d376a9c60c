import { type Redis, ReplyError } from 'ioredis';
import { UnavailableError } from '../errors/app-error.ts';
import { logger } from '../logging/logger.ts';

/** How long a call waits for a connection that is not there (yet, or any more), in milliseconds. */
const CONNECTION_PATIENCE_MILLISECONDS = 2_000;

/** Replies that say "not now" rather than "never": starting, failing over, full. */
const PASSING_REPLY = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS) /;

/** What is needed of a connection to know whether it can be used. */
export interface Connection extends Pick<Redis, 'status' | 'once' | 'off'> {
  /** Ends a connection that may be dead. @returns whether a new one has to be waited for. */
  renewIfUnused?(): boolean;
}

/**
 * The reply of Redis to a command without which there is no answer. Nothing is sent before there is a connection, so
 * that what was given up is not carried out later: only a connection that falls silent afterwards leaves that open. It
 * takes no longer than the patience above and the client's command time-out together, and needs nothing to recover:
 * the client connects anew by itself.
 *
 * @throws UnavailableError where Redis does not answer
 */
export const required = async <T>(redis: Connection, command: () => Promise<T>): Promise<T> => {
  if (!(await isConnected(redis))) {
    logger.warn('No connection to Redis', { status: redis.status });
    throw new UnavailableError();
  }
  try {
    return await command();
  } catch (error) {
    if (error instanceof ReplyError && !PASSING_REPLY.test(messageOf(error))) throw error;
    logger.warn('Redis does not answer', { error });
    throw new UnavailableError({ cause: error });
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** Whether the connection can be used, or soon can: a function's first call finds it in the making. */
const isConnected = (redis: Connection): Promise<boolean> => {
  const isBeingRenewed = redis.renewIfUnused?.() ?? false;
  if (redis.status === 'ready' && !isBeingRenewed) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (connected: boolean): void => {
      clearTimeout(patience);
      redis.off('ready', ready);
      resolve(connected);
    };
    const ready = (): void => settle(true);
    const patience = setTimeout(() => settle(false), CONNECTION_PATIENCE_MILLISECONDS);
    redis.once('ready', ready);
  });
};
