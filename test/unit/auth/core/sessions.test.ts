import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decideRefresh, sessionExpiry, type TokenFamily } from '../../../../functions/auth/core/sessions.ts';
import { UserId } from '../../../../functions/contracts/ids.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

const family = (changes: Partial<TokenFamily> = {}): TokenFamily => ({
  session: {
    id: randomUUID(),
    userId: UserId.parse(randomUUID()),
    createdAt: secondsAgo(3600),
    expiresAt: sessionExpiry(secondsAgo(3600)),
  },
  revokedAt: null,
  usedAt: null,
  successor: null,
  ...changes,
});
const unusedSuccessor = { hash: 'successor', usedAt: null };

describe('decideRefresh', () => {
  it('exchanges a token that was not used before', () => {
    expect(decideRefresh(family(), NOW)).toBe('ROTATE');
  });

  it('gives the same successor again within the grace', () => {
    const used = family({ usedAt: secondsAgo(10), successor: unusedSuccessor });
    expect(decideRefresh(used, NOW)).toBe('REPEAT');
  });

  it('ends the family where a used token comes back after the grace', () => {
    const used = family({ usedAt: secondsAgo(10.001), successor: unusedSuccessor });
    expect(decideRefresh(used, NOW)).toBe('REVOKE');
  });

  it('ends the family where the successor was used already, even within the grace', () => {
    const successor = { hash: 'successor', usedAt: secondsAgo(1) };
    expect(decideRefresh(family({ usedAt: secondsAgo(2), successor }), NOW)).toBe('REVOKE');
  });

  it('refuses whatever belongs to a session that ended', () => {
    expect(decideRefresh(family({ revokedAt: secondsAgo(1) }), NOW)).toBe('REFUSE');
    const expired = family();
    expired.session.expiresAt = NOW;
    expect(decideRefresh(expired, NOW)).toBe('REFUSE');
  });
});
