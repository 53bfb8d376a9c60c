import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideRefresh,
  REFRESH_GRACE_SECONDS,
  SURVIVED_OUTAGE_SECONDS,
  sessionExpiry,
  type TokenFamily,
} from '../../../../functions/auth/core/sessions.ts';
import {
  API_GATEWAY_TIMEOUT_SECONDS,
  HTTP_FUNCTION_TIMEOUT_SECONDS,
} from '../../../../functions/contracts/answer-times.ts';
import { UserId } from '../../../../functions/contracts/ids.ts';
import { ACCESS_TOKEN_SECONDS } from '../../../../functions/shared/access/core/access-tokens.ts';
import { createPool } from '../../../../functions/shared/database/pool.ts';
import { UnavailableError } from '../../../../functions/shared/errors/app-error.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

const family = (changes: Partial<TokenFamily> = {}): TokenFamily => ({
  session: {
    id: randomUUID(),
    userId: UserId.parse(randomUUID()),
    createdAt: secondsAgo(3600),
    expiresAt: sessionExpiry(secondsAgo(3600)),
  },
  readAt: NOW,
  revokedAt: null,
  usedAt: null,
  successor: null,
  ...changes,
});
const unusedSuccessor = { hash: 'successor', usedAt: null };
const repeatedAfter = (seconds: number) =>
  decideRefresh(family({ usedAt: secondsAgo(seconds), successor: unusedSuccessor }));

describe('decideRefresh', () => {
  it('rotates a token that was not used before', () => {
    expect(decideRefresh(family())).toBe('ROTATE');
  });

  it('repeats the same successor within the grace period', () => {
    expect(repeatedAfter(REFRESH_GRACE_SECONDS)).toBe('REPEAT');
  });

  it('revokes the family when a used token comes back after the grace period', () => {
    expect(repeatedAfter(REFRESH_GRACE_SECONDS + 0.001)).toBe('REVOKE');
  });

  it('revokes the family when the successor was already used, even within the grace period', () => {
    const successor = { hash: 'successor', usedAt: secondsAgo(1) };
    expect(decideRefresh(family({ usedAt: secondsAgo(2), successor }))).toBe('REVOKE');
  });

  it('refuses every token of a session that has ended', () => {
    expect(decideRefresh(family({ revokedAt: secondsAgo(1) }))).toBe('REFUSE');
    const expired = family();
    expired.session.expiresAt = NOW;
    expect(decideRefresh(expired)).toBe('REFUSE');
  });
});

describe('the grace period', () => {
  /** Durations of the requests in seconds; the first is the request whose answer was lost. */
  const Durations = fc.array(fc.double({ min: 0, max: API_GATEWAY_TIMEOUT_SECONDS, noNaN: true }), {
    minLength: 60,
    maxLength: 60,
  });
  const Outage = fc.double({ min: 0, max: SURVIVED_OUTAGE_SECONDS, noNaN: true });

  it('keeps a client that obeys Retry-After logged in through an outage, however long its requests take', () => {
    const pause = new UnavailableError().retryAfterSeconds ?? Number.NaN;
    fc.assert(
      fc.property(Durations, Outage, (durations, outage) => {
        let elapsed = 0;
        for (const [attempt, duration] of durations.entries()) {
          const succeeds = attempt > 0 && elapsed >= outage;
          elapsed += duration;
          if (succeeds) return repeatedAfter(elapsed) === 'REPEAT';
          elapsed += pause;
        }
        return false;
      }),
      { examples: [[new Array(60).fill(API_GATEWAY_TIMEOUT_SECONDS), SURVIVED_OUTAGE_SECONDS]] },
    );
  });

  it('ends well before the next regular refresh, so that two holders of one token are noticed', () => {
    expect(REFRESH_GRACE_SECONDS).toBeLessThan(ACCESS_TOKEN_SECONDS / 2);
  });

  it('relies on timeouts that each fit into the next one', () => {
    const { connectionTimeoutMillis = Number.NaN, query_timeout = Number.NaN } = createPool({
      DATABASE_HOST: 'localhost',
      DATABASE_PORT: 5432,
      DATABASE_NAME: 'frames',
      DATABASE_USER: 'auth',
      DATABASE_AUTH: 'password',
      DATABASE_PASSWORD: 'unused',
    }).options;
    expect((connectionTimeoutMillis + query_timeout) / 1000).toBeLessThan(HTTP_FUNCTION_TIMEOUT_SECONDS);
    expect(HTTP_FUNCTION_TIMEOUT_SECONDS).toBeLessThan(API_GATEWAY_TIMEOUT_SECONDS);
  });
});
