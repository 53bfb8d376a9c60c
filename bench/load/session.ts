import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { Profile, TokenPair } from '../../functions/contracts/http.ts';
import { UnexpectedAnswerError } from '../../test/support/api-client.ts';
import type { Call, HttpClient } from './http-client.ts';
import type { Random } from './random.ts';

/** An access token that lives no longer than this, in milliseconds, is refreshed before it is used. */
const MARGIN_MILLISECONDS = 30_000;
/** Seconds between two refreshes of one client: more often than needed, so that faults meet them. */
const REFRESH_SECONDS = { low: 3, high: 10 };

/**
 * The session of a well-behaved client. It refreshes with its newest refresh token, one refresh at a time, and repeats a
 * refresh that got no answer with the same token, when Retry-After says. So a refused refresh, and a 401 for a token that
 * has not expired, is a lost session. It is counted; the client logs in again only so that the rest can be measured.
 */
export class Session {
  readonly #http: HttpClient;
  readonly #credentials = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
  readonly #lost: string[] = [];
  #accessToken = '';
  #refreshToken = '';
  #expiresAt = 0;
  /** Counts the logins. */
  #generation = 0;
  #refreshing: Promise<void> | undefined;
  #renewing: Promise<void> | undefined;
  /** Refreshes that were answered with new tokens. */
  refreshes = 0;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** A line for each session that was lost. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  async register(): Promise<void> {
    const call = { method: 'POST', path: '/auth/register', body: this.#credentials };
    try {
      await this.#http.patiently(() => this.#http.once(201, Profile, call));
    } catch (error) {
      // The address is random: an earlier try succeeded, and its answer was lost.
      if (!(error instanceof UnexpectedAnswerError && error.status === 409)) throw error;
    }
    await this.#logIn();
  }

  /** One call with the access token. @throws UnavailableError, UnexpectedAnswerError */
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

  /** Exchanges the refresh token; does not end before it has an answer. @throws UnavailableError */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Refreshes again and again, until the signal says that it is enough. @throws UnavailableError */
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

  /** Counts a lost session once, however many calls find it lost. */
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
