import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient, hasCode } from '../../client/index.ts';
import type { AnswerLog } from './answers.ts';
import type { Random } from './random.ts';
import { recordedFetch, type SeenAnswer } from './recorded-fetch.ts';

/** How long a call is repeated, in milliseconds. The faults of a run are much shorter. */
const PATIENCE_MILLISECONDS = 120_000;
/** Seconds between two refreshes of a client: shorter than necessary, so that faults hit refreshes. */
const REFRESH_SECONDS = { low: 3, high: 10 };

/**
 * A user's client and its session. The client runs one refresh at a time, with its newest refresh token, and repeats an
 * unanswered one with the same token. So a refused refresh, or a 401 for an unexpired token, means that the session was
 * lost. Lost sessions are counted. The client then logs in again, only so that the run can continue.
 */
export class Session {
  readonly client: Client;
  readonly #credentials = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
  readonly #lost: string[] = [];
  /** Number of logins. */
  #generation = 0;
  #renewing: Promise<void> | undefined;
  /** Tries of the refresh that is under way, and when the first of them ended, in milliseconds since 1970. */
  #refreshTries = 0;
  #refreshStartedAt = 0;
  /** A call that got 401 for an unexpired token since the last login. */
  #refused: string | undefined;
  /** Number of refreshes that returned new tokens. */
  refreshes = 0;
  /** Number of calls that the client repeated. */
  retries = 0;

  /** @param answers counts every single answer */
  constructor(url: string, answers: AnswerLog) {
    const root = url.replace(/\/$/, '');
    this.client = createClient({
      baseUrl: root,
      patienceMilliseconds: PATIENCE_MILLISECONDS,
      fetch: recordedFetch(root, answers, (answer) => this.#see(answer)),
      // The client pauses before each retry, and at no other time.
      sleep: async (milliseconds, signal) => {
        this.retries += 1;
        await sleep(milliseconds, undefined, signal && { signal });
      },
    });
  }

  /** One line per lost session. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  async register(): Promise<void> {
    try {
      await this.client.register(this.#credentials);
    } catch (error) {
      // The address is random, so an earlier try succeeded and its answer was lost.
      if (!hasCode(error, 'EMAIL_TAKEN')) throw error;
    }
    await this.#logIn();
  }

  /**
   * Makes a call that needs the session, again after a new login if the session was lost.
   * @throws FrameFlowError
   */
  async authorized<T>(call: (client: Client) => Promise<T>): Promise<T> {
    const generation = this.#generation;
    try {
      const answer = await call(this.client);
      if (this.#refused !== undefined) await this.#lose(generation, `${this.#refused} answered 401`);
      return answer;
    } catch (error) {
      await this.#regain(generation, error);
      return call(this.client);
    }
  }

  /**
   * Exchanges the refresh token. Waits until it has an answer.
   * @throws FrameFlowError
   */
  async refresh(): Promise<void> {
    const generation = this.#generation;
    await this.client.session.renew().catch((error: unknown) => this.#regain(generation, error));
  }

  /**
   * Refreshes repeatedly until the signal aborts.
   * @throws FrameFlowError
   */
  async keepRefreshing(random: Random, enough: AbortSignal): Promise<void> {
    while (!enough.aborted) {
      const pauseMilliseconds = random.between(REFRESH_SECONDS.low, REFRESH_SECONDS.high) * 1000;
      await sleep(pauseMilliseconds, undefined, { signal: enough }).catch(() => undefined);
      if (!enough.aborted) await this.refresh();
    }
  }

  #see({ call, hasAccessToken, status }: SeenAnswer): void {
    if (hasAccessToken && status === 401) this.#refused ??= call;
    if (call !== 'POST /auth/refresh') return;
    if (this.#refreshTries === 0) this.#refreshStartedAt = Date.now();
    this.#refreshTries += 1;
    if (status !== 200) return;
    this.refreshes += 1;
    this.#refreshTries = 0;
  }

  /** Logs in again where a call failed because the session was lost. @throws the error where it failed otherwise */
  async #regain(generation: number, error: unknown): Promise<void> {
    if (!hasCode(error, 'SESSION_ENDED', 'NOT_LOGGED_IN', 'UNAUTHENTICATED')) throw error;
    await this.#lose(generation, this.#howRefused());
  }

  #howRefused(): string {
    if (this.#refreshTries === 0) return `${this.#refused} answered 401`;
    const seconds = ((Date.now() - this.#refreshStartedAt) / 1000).toFixed(1);
    return `the refresh was refused at try ${this.#refreshTries}, ${seconds} s after the first`;
  }

  /** Counts a lost session once, even if several calls find it lost. */
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
    await this.client.login(this.#credentials);
    this.#generation += 1;
    this.#refused = undefined;
    this.#refreshTries = 0;
  }
}
