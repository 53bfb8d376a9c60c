import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { logger } from '../../shared/logging/logger.ts';
import { required } from '../../shared/redis/required.ts';
import {
  type AdmittedAttempt,
  type AttemptOutcome,
  type Limit,
  type Throttle,
  TooManyRequestsError,
} from '../core/throttling.ts';
import { ADMIT_SCRIPT, SETTLE_SCRIPT } from './throttle-scripts.ts';

/** An attempt that is under way for longer was left behind by a process that died. */
const ATTEMPT_MILLISECONDS = 30_000;
/** How long and how often to ask again where only attempts under way stand in the way. */
const POLL_MILLISECONDS = 50;
const MAX_POLLS = 100;

const ADMITTED = 1;
const REFUSED = 0;
const Verdict = z.tuple([z.int(), z.int()]);

/** Counts in Redis. Emails and addresses are in its keys as hashes only. */
export class RedisThrottle implements Throttle {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async admit(limits: readonly Limit[]): Promise<AdmittedAttempt> {
    const id = randomUUID();
    const keys = limits.flatMap(keysOf);
    for (let poll = 0; poll < MAX_POLLS; poll += 1) {
      const [answer, waitMilliseconds] = await this.#ask(id, keys, limits);
      if (answer === ADMITTED) {
        return { settle: (outcome) => this.#settle(id, keys, limits, outcome) };
      }
      if (answer === REFUSED) throw new TooManyRequestsError(Math.ceil(waitMilliseconds / 1000));
      await sleep(POLL_MILLISECONDS);
    }
    throw new TooManyRequestsError(1);
  }

  /** @throws UnavailableError */
  async #ask(id: string, keys: string[], limits: readonly Limit[]): Promise<[number, number]> {
    const maxima = limits.map((limit) => limit.max);
    const answer = await required(this.#redis, () =>
      this.#redis.eval(ADMIT_SCRIPT, keys.length, ...keys, id, ATTEMPT_MILLISECONDS, ...maxima),
    );
    return Verdict.parse(answer);
  }

  /** The attempt was made: where it cannot be counted any more, it stays one that is under way until it is given up. */
  async #settle(
    id: string,
    keys: string[],
    limits: readonly Limit[],
    outcome: AttemptOutcome,
  ): Promise<void> {
    const settings = limits.flatMap((limit) => [
      limit.windowSeconds * 1000,
      limit.clearedByForgiveness ? '1' : '0',
      (limit.waivedBy?.lifetimeSeconds ?? 0) * 1000,
    ]);
    try {
      await this.#redis.eval(SETTLE_SCRIPT, keys.length, ...keys, id, outcome, ...settings);
    } catch (error) {
      logger.warn('An attempt was not counted: Redis does not answer', { error });
    }
  }
}

const keysOf = (limit: Limit): [string, string, string] => {
  const key = `throttle:${limit.name}:${digest(limit.subject)}`;
  const waiver = limit.waivedBy && `throttle:${limit.waivedBy.name}:${digest(limit.waivedBy.subject)}`;
  return [key, `${key}:pending`, waiver ?? key];
};

const digest = (subject: string): string => createHash('sha256').update(subject).digest('base64url');
