import { type Command, Redis, type RedisOptions } from 'ioredis';
import type { WriteableStream } from 'ioredis/built/types.js';

/** Limits how long a connection may be unused. */
export interface UnusedRule {
  maxUnusedMilliseconds: number;
  /** Wall clock, in milliseconds. */
  now: () => number;
}

/**
 * A client that reconnects before a command if its connection was unused for too long by the wall clock. A frozen
 * sandbox does not notice that its connection has died, and the first command after the thaw would hang (ioredis issue
 * 1183). The command waits in the client's queue until the new connection is ready.
 */
export class WallClockRedis extends Redis {
  readonly #rule: UnusedRule;
  #usedAt: number;

  /** @param options with `lazyConnect`, so that no command is sent before the fields of this class are initialised */
  constructor(
    url: string,
    options: Omit<RedisOptions, 'replyMapping'> & { lazyConnect: true },
    rule: UnusedRule,
  ) {
    super(url, options);
    this.#rule = rule;
    this.#usedAt = rule.now();
  }

  override sendCommand(command: Command, stream?: WriteableStream): unknown {
    this.renewIfUnused();
    this.#usedAt = this.#rule.now();
    return super.sendCommand(command, stream);
  }

  /**
   * Closes a connection that was unused for too long; ioredis reconnects at once. If the time is unknown because the
   * clock was set back, the connection is closed too.
   *
   * @returns whether it closed the connection
   */
  renewIfUnused(): boolean {
    if (this.status !== 'ready') return false;
    const unusedMilliseconds = this.#rule.now() - this.#usedAt;
    if (unusedMilliseconds >= 0 && unusedMilliseconds <= this.#rule.maxUnusedMilliseconds) return false;
    this.disconnect(true);
    // Only once: commands that are sent before the close also wait for the new connection.
    this.#usedAt = this.#rule.now();
    return true;
  }
}
