import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { Profile, TokenPair } from '../../functions/contracts/http.ts';
import { UnexpectedAnswerError } from '../../test/support/api-client.ts';
import type { Call, HttpClient } from './http-client.ts';
import type { Random } from './random.ts';

/** A token with less remaining lifetime than this, in milliseconds, is refreshed before its use. */
const MARGIN_MILLISECONDS = 30_000;
/** Seconds between two refreshes of a client: shorter than necessary, so that faults hit refreshes. */
const REFRESH_SECONDS = { low: 3, high: 10 };

/**
 * The session of a well-behaved client. It runs one refresh at a time, with its newest refresh token. If a refresh gets
 * no answer, it repeats it with the same token, after the time in Retry-After. So a refused refresh, or a 401 for an
 * unexpired token, means that the session was lost. Lost sessions are counted. The client then logs in again, only so
 * that the run can continue.
 */
export class Session {
  readonly #http: HttpClient;
  readonly #credentials = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
  readonly #lost: string[] = [];
  #accessToken = '';
  #refreshToken = '';
  #expiresAt = 0;
  /** Number of logins. */
  #generation = 0;
  #refreshing: Promise<void> | undefined;
  #renewing: Promise<void> | undefined;
  /** Number of refreshes that returned new tokens. */
  refreshes = 0;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** One line per lost session. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  async register(): Promise<void> {
    const call = { method: 'POST', path: '/auth/register', body: this.#credentials };
    try {
      await this.#http.patiently(() => this.#http.once(201, Profile, call));
    } catch (error) {
      // The address is random, so 409 means that an earlier try succeeded and its answer was lost.
      if (!(error instanceof UnexpectedAnswerError && error.status === 409)) throw error;
    }
    await this.#logIn();
  }

  /**
   * Makes one call with the access token.
   * @throws UnavailableError, UnexpectedAnswerError
   */
  async authorized<Schema extends z.ZodType>(
    status: number,
    schema: Schema,
    call: Call,
  ): Promise<z.output<Schema>> {
    if (Date.now() > this.#expiresAt - MARGIN_MILLISECONDS) await this.refresh();
    const generation = this.#generation;
    try {
      return await this.#http.once(status, schema, { ...call, token: this.#accessToken });
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
      await this.#lose(generation, `${call.method} ${call.path} answered 401`);
      return this.#http.once(status, schema, { ...call, token: this.#accessToken });
    }
  }

  /**
   * Exchanges the refresh token. Repeats the call until it is answered.
   * @throws UnavailableError
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Refreshes repeatedly until the signal is aborted.
   * @throws UnavailableError
   */
  async keepRefreshing(random: Random, enough: AbortSignal): Promise<void> {
    while (!enough.aborted) {
      const pauseMilliseconds = random.between(REFRESH_SECONDS.low, REFRESH_SECONDS.high) * 1000;
      await sleep(pauseMilliseconds, undefined, { signal: enough }).catch(() => undefined);
      if (!enough.aborted) await this.refresh();
    }
  }

  async #refreshOnce(): Promise<void> {
    const generation = this.#generation;
    const startedAt = Date.now();
    const call = { method: 'POST', path: '/auth/refresh', body: { refreshToken: this.#refreshToken } };
    let tries = 0;
    try {
      const tokens = await this.#http.patiently(() => {
        tries += 1;
        return this.#http.once(200, TokenPair, call);
      });
      if (this.#generation === generation) this.#adopt(tokens);
      this.refreshes += 1;
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      await this.#lose(generation, `the refresh was refused at try ${tries}, ${seconds} s after the first`);
    }
  }

  /** Counts a lost session once, even if several calls detect it. */
  async #lose(generation: number, how: string): Promise<void> {
    if (this.#generation !== generation) return;
    this.#renewing ??= (async () => {
      this.#lost.push(`${new Date().toISOString()} ${this.#credentials.email}: ${how}`);
      await this.#logIn();
    })().finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  async #logIn(): Promise<void> {
    const call = { method: 'POST', path: '/auth/login', body: this.#credentials };
    const tokens = await this.#http.patiently(() => this.#http.once(200, TokenPair, call));
    this.#generation += 1;
    this.#adopt(tokens);
  }

  #adopt({ accessToken, refreshToken, expiresIn }: TokenPair): void {
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
    this.#expiresAt = Date.now() + expiresIn * 1000;
  }
}

const isUnauthenticated = (error: unknown): boolean =>
  error instanceof UnexpectedAnswerError && error.status === 401;
