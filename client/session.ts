import type { TokenPair } from '../functions/contracts/http/account.ts';
import { FrameFlowError } from './errors.ts';
import { abandonable } from './time.ts';
import type { TokenStore, Tokens } from './tokens.ts';

/** An access token that lives no longer than this, in milliseconds, is renewed before it is used. */
const MARGIN_MILLISECONDS = 30_000;

export interface SessionServices {
  readonly store: TokenStore;
  /** The refresh call, repeated with the same token while it gets no answer. */
  readonly refresh: (refreshToken: string) => Promise<TokenPair>;
  readonly now: () => number;
}

/**
 * The tokens of the client's user. At most one refresh runs at a time, and all calls that need a new access token wait for
 * it. Another process that shares the store may renew the tokens too, so the store is read again before a refresh and
 * after it. If both processes send the same refresh token, the server answers both with the same successor.
 */
export class Session {
  readonly #services: SessionServices;
  #renewal: Promise<Tokens> | undefined;

  constructor(services: SessionServices) {
    this.#services = services;
  }

  /** Tokens whose access token can be used. @throws FrameFlowError NOT_LOGGED_IN, SESSION_ENDED, and the refresh call's */
  async usable(signal?: AbortSignal): Promise<Tokens> {
    const tokens = await this.#stored();
    return this.#isUsable(tokens) ? tokens : this.renew(tokens.accessToken, signal);
  }

  /**
   * New tokens.
   * @param stale the access token that is no longer usable; undefined: renew in any case
   * @param signal ends the wait; the refresh continues, because other calls may wait for it
   * @throws FrameFlowError NOT_LOGGED_IN, SESSION_ENDED, and the refresh call's
   */
  renew(stale?: string, signal?: AbortSignal): Promise<Tokens> {
    this.#renewal ??= this.#renewOnce(stale).finally(() => {
      this.#renewal = undefined;
    });
    return abandonable(this.#renewal, signal);
  }

  /** Keeps the tokens that a login or a refresh was answered with. */
  async adopt({ accessToken, refreshToken, expiresIn }: TokenPair): Promise<Tokens> {
    const tokens = { accessToken, refreshToken, expiresAt: this.#services.now() + expiresIn * 1000 };
    await this.#services.store.write(tokens);
    return tokens;
  }

  async #renewOnce(stale: string | undefined): Promise<Tokens> {
    const before = await this.#stored();
    if (stale !== undefined && before.accessToken !== stale && this.#isUsable(before)) return before;
    const { refreshToken } = before;
    if (refreshToken === undefined) return this.#end(before);
    let pair: TokenPair;
    try {
      pair = await this.#services.refresh(refreshToken);
    } catch (error) {
      if (error instanceof FrameFlowError && error.status === 401) return this.#end(before, error);
      throw error;
    }
    const after = await this.#stored();
    return after.refreshToken === refreshToken ? this.adopt(pair) : after;
  }

  /** Handles refused tokens: uses the ones that another process has stored meanwhile, otherwise ends the session. */
  async #end(refused: Tokens, cause?: unknown): Promise<Tokens> {
    const { store } = this.#services;
    const stored = await store.read();
    if (stored !== undefined && stored.accessToken !== refused.accessToken) return stored;
    if (stored !== undefined) await store.write(undefined);
    throw new FrameFlowError({ code: 'SESSION_ENDED', detail: 'The session is over: log in again.', cause });
  }

  async #stored(): Promise<Tokens> {
    const tokens = await this.#services.store.read();
    if (tokens !== undefined) return tokens;
    throw new FrameFlowError({ code: 'NOT_LOGGED_IN', detail: 'Log in first.' });
  }

  #isUsable({ expiresAt = Number.POSITIVE_INFINITY }: Tokens): boolean {
    return expiresAt - this.#services.now() > MARGIN_MILLISECONDS;
  }
}
