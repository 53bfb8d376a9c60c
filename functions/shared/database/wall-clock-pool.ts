import pg from 'pg';

/** Decides which connections the pool closes. */
export interface KeepingRule {
  maxIdleMilliseconds: number;
  /** Wall clock, in milliseconds. */
  now: () => number;
  /** Called once for each new connection. True if the connection should be closed after each use. */
  isScarce: (connection: pg.PoolClient) => Promise<boolean>;
}

type CheckoutCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void;

/**
 * A pool that replaces a connection at checkout if it was idle for too long by the wall clock. A frozen sandbox runs no
 * timers, not even the pool's timer for idle connections. So after a thaw, the pool may contain a connection that the
 * server or the network closed long ago, and its first query would fail or hang (node-postgres issues 2243 and 2718).
 *
 * The pool does not keep scarce connections. It closes them in the next turn of the event loop after their last use,
 * which is before the response of an invocation leaves the sandbox.
 *
 * `pool.query` checks out through `connect`, so both rules also apply to it.
 */
export class WallClockPool extends pg.Pool {
  readonly #rule: KeepingRule;
  readonly #releasedAt = new WeakMap<pg.ClientBase, number>();
  readonly #scarce = new WeakMap<pg.ClientBase, boolean>();

  constructor(config: pg.PoolConfig, rule: KeepingRule) {
    super(config);
    this.#rule = rule;
    this.on('release', (_error, client) => {
      this.#releasedAt.set(client, rule.now());
      if (this.#scarce.get(client)) setImmediate(() => this.#closeIdle());
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: CheckoutCallback): void;
  override connect(callback?: CheckoutCallback): Promise<pg.PoolClient> | undefined {
    const checkout = this.#checkOut();
    if (callback === undefined) return checkout;
    checkout.then(
      (client) => callback(undefined, client, (release) => client.release(release)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }

  async #checkOut(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.connect();
      if (!this.#isStale(client)) {
        await this.#noteScarcity(client);
        return client;
      }
      client.release(true);
    }
  }

  /** A connection whose age is unknown because the clock was set back is also stale. */
  #isStale(client: pg.ClientBase): boolean {
    const releasedAt = this.#releasedAt.get(client);
    if (releasedAt === undefined) return false;
    const idleMilliseconds = this.#rule.now() - releasedAt;
    return idleMilliseconds < 0 || idleMilliseconds > this.#rule.maxIdleMilliseconds;
  }

  async #noteScarcity(client: pg.PoolClient): Promise<void> {
    if (this.#scarce.has(client)) return;
    try {
      this.#scarce.set(client, await this.#rule.isScarce(client));
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Closes the idle connection. If the next query already uses it, the next release closes it. */
  #closeIdle(): void {
    if (this.idleCount === 0 || this.ending) return;
    super.connect().then(
      (client) => client.release(true),
      () => undefined,
    );
  }
}
