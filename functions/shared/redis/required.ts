import { type Redis, ReplyError } from 'ioredis';
import { UnavailableError } from '../errors/app-error.ts';
import { logger } from '../logging/logger.ts';

/** Maximum wait for a connection, in milliseconds. */
const CONNECTION_PATIENCE_MILLISECONDS = 2_000;

/** Temporary errors: starting, failing over, out of memory. */
const PASSING_REPLY = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS) /;

/** The parts of a client that show whether its connection is usable. */
export interface Connection extends Pick<Redis, 'status' | 'once' | 'off'> {
  /** Closes a connection that may be dead. @returns whether the caller must wait for a new one. */
  renewIfUnused?(): boolean;
}

/**
 * Runs a command that the response depends on. The command is sent only on an existing connection, so that Redis does
 * not execute it after this function has failed. (If the connection becomes silent after sending, that is unknown.) The
 * call takes at most the wait above plus the client's command timeout. It needs no recovery, because the client
 * reconnects itself.
 *
 * @throws UnavailableError if Redis does not respond
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

/** Whether the connection is usable now or soon: at a function's first call, it may still be opening. */
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
