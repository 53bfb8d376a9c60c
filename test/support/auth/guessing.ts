import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RedisThrottle } from '../../../functions/auth/adapters/redis-throttle.ts';
import { login } from '../../../functions/auth/core/login.ts';
import { UserId } from '../../../functions/contracts/ids.ts';
import { AppError } from '../../../functions/shared/errors/app-error.ts';
import { TestClock } from './clock.ts';
import { FakeHasher, FakeSessions, FakeUsers } from './fakes.ts';

export const RIGHT_PASSWORD = 'a quiet river at dawn';

/**
 * An attacker does not wait for a longer `Retry-After`, because delays get shorter when the attack on an account
 * abates.
 */
const PROBE_SECONDS = 3600;

/** The outcome of a login attempt. The password was verified only for `wrong` and `in`. */
export type Attempt = { answer: 'in' | 'wrong' } | { answer: 'wait'; seconds: number };

/** An address and the index of the account that it tries next. */
interface Guesser {
  address: string;
  next: number;
}

/**
 * Logins with the real throttle on the real Redis, and with a clock that only the test moves. Users, sessions and
 * hashes are fakes, because an attack makes thousands of attempts.
 */
export class LoginUnderAttack {
  readonly clock = new TestClock();
  readonly #start = this.clock.now().getTime();
  readonly #services;

  constructor(redis: Redis) {
    this.#services = {
      users: new FakeUsers(),
      sessions: new FakeSessions(),
      hasher: new FakeHasher(),
      throttle: new RedisThrottle(redis, () => this.clock.now().getTime()),
      refreshTokens: {
        first: () => ({ token: randomUUID(), hash: 'unused' }),
        hashOf: (token: string) => token,
      },
      accessTokens: { prepare: async () => ({ sign: async () => 'access-token' }) },
      newSessionId: () => randomUUID(),
      now: this.clock.now,
    };
  }

  /** Creates an account with a unique email address, because tests share the run's Redis. */
  async register(): Promise<string> {
    const email = `${randomUUID()}@example.com`;
    const user = { id: UserId.parse(randomUUID()), email, name: null, createdAt: this.clock.now() };
    await this.#services.users.add(user, await this.#services.hasher.hash(RIGHT_PASSWORD));
    return email;
  }

  /** Gives a device of the account's owner a refresh token. */
  deviceOf(email: string): string {
    const token = randomUUID();
    this.#services.sessions.devices.set(token, { id: randomUUID(), email });
    return token;
  }

  async logIn(email: string, password: string, address: string, refreshToken?: string): Promise<Attempt> {
    try {
      await login({ email, password, refreshToken }, address, this.#services);
      return { answer: 'in' };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'INVALID_CREDENTIALS') return { answer: 'wrong' };
      if (error.code !== 'TOO_MANY_REQUESTS') throw error;
      return { answer: 'wait', seconds: error.retryAfterSeconds ?? Number.NaN };
    }
  }

  /**
   * Makes every address guess at all accounts in turn, as soon as it is allowed to and at least once an hour, until
   * `until` seconds after the start.
   *
   * @returns the number of admitted guesses
   */
  async attack(emails: readonly string[], addresses: readonly string[], until: number): Promise<number> {
    const due = new Map([[this.elapsed(), addresses.map((address) => ({ address, next: 0 }))]]);
    let admitted = 0;
    for (let moment = this.elapsed(); moment < until; moment = Math.min(...due.keys())) {
      const guessers = due.get(moment) ?? [];
      due.delete(moment);
      this.clock.advance(moment - this.elapsed());
      for (const guesser of guessers) {
        const { guesses, wait } = await this.#guess(guesser, emails);
        admitted += guesses;
        due.set(moment + wait, [...(due.get(moment + wait) ?? []), guesser]);
      }
    }
    this.clock.advance(until - this.elapsed());
    return admitted;
  }

  /** Guesses until the throttle delays the next guess. */
  async #guess(guesser: Guesser, emails: readonly string[]): Promise<{ guesses: number; wait: number }> {
    for (let guesses = 0; ; guesses += 1) {
      const email = emails[guesser.next % emails.length] ?? '';
      const attempt = await this.logIn(email, 'a wrong guess', guesser.address);
      if (attempt.answer === 'wait') return { guesses, wait: Math.min(attempt.seconds, PROBE_SECONDS) };
      guesser.next += 1;
    }
  }

  /** Seconds since the start. */
  elapsed(): number {
    return (this.clock.now().getTime() - this.#start) / 1000;
  }
}
