import { type Command, Redis, type RedisOptions } from 'ioredis';

type SendCommand = Parameters<Redis['sendCommand']>;

/** What tells how long a connection was not used. */
export interface UnusedRule {
  maxUnusedMilliseconds: number;
  /** Wall clock, in milliseconds. */
  now: () => number;
}

/**
 * A client that makes a new connection before a command where the old one was not used for too long by the wall clock. A
 * frozen sandbox does not notice that its connection has died, and the first command after the thaw would hang on it
 * (ioredis issue 1183). The command waits in the client's own queue until the new connection is there.
 */
export class WallClockRedis extends Redis {
  readonly #rule: UnusedRule;
  #usedAt: number;

  /** @param options `lazyConnect`, so that no command comes before the fields of this class are there. */
  constructor(
    url: string,
    options: Omit<RedisOptions, 'replyMapping'> & { lazyConnect: true },
    rule: UnusedRule,
  ) {
    super(url, options);
    this.#rule = rule;
    this.#usedAt = rule.now();
  }

  override sendCommand(command: Command, stream?: SendCommand[1]): unknown {
    this.renewIfUnused();
    this.#usedAt = this.#rule.now();
    return super.sendCommand(command, stream);
  }

  /**
   * Ends a connection that was not used for too long; ioredis makes a new one at once. One that cannot be told, because
   * the clock was set back, is ended as well.
   *
   * @returns whether there is no connection for the moment because of it.
   */
  renewIfUnused(): boolean {
    if (this.status !== 'ready') return false;
    const unusedMilliseconds = this.#rule.now() - this.#usedAt;
    if (unusedMilliseconds >= 0 && unusedMilliseconds <= this.#rule.maxUnusedMilliseconds) return false;
    this.disconnect(true);
    // Once: what is sent until the connection has closed waits for the new one as well.
    this.#usedAt = this.#rule.now();
    return true;
  }
}
