import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { logger } from '../../shared/logging/logger.ts';
import { required } from '../../shared/redis/required.ts';
import {
  type AdmittedAttempt,
  type AttemptOutcome,
  type Ladder,
  type Meter,
  type Throttle,
  type ThrottleRules,
  TooManyRequestsError,
} from '../core/throttling.ts';
import { ADMIT_SCRIPT, SETTLE_SCRIPT } from './throttle-scripts.ts';

/** A running attempt that is older than this belongs to a process that crashed. */
const ATTEMPT_LEASE_MILLISECONDS = 30_000;
/** Interval and maximum number of polls while only running attempts prevent the admission. */
const POLL_MILLISECONDS = 50;
const MAX_POLLS = 160;

const ADMITTED = 1;
const REFUSED = 0;
const Verdict = z.tuple([z.int(), z.int(), z.enum(['known', 'calm', 'pressed'])]);
type Verdict = z.infer<typeof Verdict>;

/** A script's keys, and the part of its request that both scripts share. Times are in milliseconds. */
interface Prepared {
  keys: string[];
  request: Record<string, unknown>;
}

/** Keeps the throttle's counts in Redis. Its keys contain emails and addresses only as hashes. */
export class RedisThrottle implements Throttle {
  readonly #redis: Redis;
  readonly #now: (() => number) | undefined;

  /**
   * @param now milliseconds since 1970, for tests that change the time. @default Redis's clock, shared by all machines
   */
  constructor(redis: Redis, now?: () => number) {
    this.#redis = redis;
    this.#now = now;
  }

  async admit(rules: ThrottleRules): Promise<AdmittedAttempt> {
    const prepared = prepare(rules);
    for (let poll = 0; poll < MAX_POLLS; poll += 1) {
      const [answer, waitMilliseconds, standing] = await this.#ask(prepared);
      if (answer === ADMITTED) return { settle: (outcome) => this.#settle(prepared, standing, outcome) };
      if (answer === REFUSED) {
        const waitSeconds = Math.max(1, Math.ceil(waitMilliseconds / 1000));
        logger.info('Attempt delayed', { standing, waitSeconds });
        throw new TooManyRequestsError(waitSeconds);
      }
      await sleep(POLL_MILLISECONDS);
    }
    throw new TooManyRequestsError(1);
  }

  /** @throws UnavailableError */
  async #ask(prepared: Prepared): Promise<Verdict> {
    return Verdict.parse(await required(this.#redis, () => this.#run(ADMIT_SCRIPT, prepared)));
  }

  /** If the outcome cannot be stored, the attempt counts as running until its lease ends. */
  async #settle(prepared: Prepared, standing: Verdict[2], outcome: AttemptOutcome): Promise<void> {
    try {
      await this.#run(SETTLE_SCRIPT, prepared, { standing, outcome });
    } catch (error) {
      logger.warn('An attempt was not counted: Redis does not answer', { error });
    }
  }

  #run(script: string, { keys, request }: Prepared, extra: Record<string, unknown> = {}): Promise<unknown> {
    const body = JSON.stringify({ ...request, ...extra, now: this.#now?.() });
    return this.#redis.eval(script, keys.length, ...keys, body);
  }
}

/** In earlier versions, the key without a suffix had another type, and such keys may still exist. */
const COUNT_SUFFIX = ':failures';

const prepare = ({ meters, pressure, mark }: ThrottleRules): Prepared => {
  const prefixes = meters.map(keyOf);
  const standIn = `${prefixes[0]}${COUNT_SUFFIX}`;
  return {
    keys: [
      mark ? keyOf(mark) : standIn,
      pressure ? `${keyOf(pressure)}${COUNT_SUFFIX}` : standIn,
      ...prefixes.flatMap((prefix) => [`${prefix}${COUNT_SUFFIX}`, `${prefix}:pending`]),
    ],
    request: {
      id: randomUUID(),
      lease: ATTEMPT_LEASE_MILLISECONDS,
      meters: meters.map(toScriptMeter),
      ...(mark && { mark: { lifetime: mark.lifetimeSeconds * 1000 } }),
      ...(pressure && {
        // Counting further would only delay the return to `calm`.
        pressure: {
          leak: pressure.leakSeconds * 1000,
          threshold: pressure.threshold,
          cap: 2 * pressure.threshold,
        },
      }),
    },
  };
};

const toScriptMeter = ({ leakSeconds, ladders, clearedBySuccess }: Meter) => ({
  leak: leakSeconds * 1000,
  // After the end of the longest ladder, further failures change nothing.
  cap: Math.max(...Object.values(ladders).map(({ free, delaysSeconds }) => free + delaysSeconds.length)),
  cleared: clearedBySuccess ?? false,
  ladders: Object.fromEntries(
    Object.entries(ladders).map(([standing, ladder]) => [standing, toScriptLadder(ladder)]),
  ),
});

const toScriptLadder = ({ free, delaysSeconds }: Ladder) => ({
  free,
  delays: delaysSeconds.map((seconds) => seconds * 1000),
});

const keyOf = ({ name, subject }: { name: string; subject: string }): string =>
  `throttle:${name}:${createHash('sha256').update(subject).digest('base64url')}`;
