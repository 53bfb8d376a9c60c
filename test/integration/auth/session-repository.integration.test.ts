import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HmacRefreshTokenMaker } from '../../../functions/auth/adapters/hmac-refresh-token-maker.ts';
import { PgSessionRepository } from '../../../functions/auth/adapters/pg-session-repository.ts';
import { PgUserRepository } from '../../../functions/auth/adapters/pg-user-repository.ts';
import { toTokenPair } from '../../../functions/auth/core/access-tokens.ts';
import { decideRefresh, sessionExpiry } from '../../../functions/auth/core/sessions.ts';
import { UserId } from '../../../functions/contracts/ids.ts';
import { PgActiveSessions } from '../../../functions/shared/access/adapters/pg-active-sessions.ts';
import { newEmail } from '../../support/auth/running-auth.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services.ts';

let database: TestDatabase;
let pool: pg.Pool;
let repository: PgSessionRepository;
let active: PgActiveSessions;
const tokens = new HmacRefreshTokenMaker('a secret of the integration tests, random enough');

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.poolOf('auth');
  repository = new PgSessionRepository(pool);
  active = new PgActiveSessions(pool);
});
afterAll(() => database.close());

const startSession = async () => {
  const now = new Date();
  const userId = UserId.parse(randomUUID());
  const user = { id: userId, email: newEmail(), name: null, createdAt: now };
  await new PgUserRepository(pool).add(user, 'hash');
  const session = { id: randomUUID(), userId, createdAt: now, expiresAt: sessionExpiry(now) };
  const first = tokens.first();
  await repository.add(session, first.hash);
  return { session, first };
};

const answer = toTokenPair('access-token', 'refresh-token');

const refresh = (token: string) =>
  repository.refresh(tokens.hashOf(token) ?? '', tokens.successorOf(token).hash, async (family) => {
    const decision = decideRefresh(family);
    return decision === 'ROTATE' || decision === 'REPEAT' ? { decision, answer } : { decision };
  });

/** Holds the session's lock while `work` starts, until every part of it waits for the lock. */
const behindLock = async <T>(sessionId: string, work: () => Promise<T>[]): Promise<T[]> => {
  const observer = database.poolOf('auth');
  const client = await observer.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    const running = work();
    const settled = Promise.all(running);
    settled.catch(() => undefined);
    // Another connection is needed, because pg_stat_activity does not change within a transaction.
    await eventually('all work to wait for the lock', async () => {
      const { rows } = await observer.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0]?.waiting === running.length ? true : undefined;
    });
    await client.query('COMMIT');
    return await settled;
  } finally {
    client.release(true);
  }
};

describe('PgSessionRepository', () => {
  it('rotates once for refreshes that wait for the lock, and shows the rotation to the others', async () => {
    const { session, first } = await startSession();
    const outcomes = await behindLock(session.id, () => [
      refresh(first.token),
      refresh(first.token),
      refresh(first.token),
    ]);
    expect(outcomes.map((outcome) => outcome?.decision).sort()).toEqual(['REPEAT', 'REPEAT', 'ROTATE']);
    const { rows } = await pool.query(
      'SELECT count(*)::int AS tokens FROM refresh_tokens WHERE session_id = $1',
      [session.id],
    );
    expect(rows).toEqual([{ tokens: 2 }]);
  });

  it('refuses a refresh after a logout that waited for the lock', async () => {
    const { session, first } = await startSession();
    await behindLock(session.id, () => [repository.revokeByToken(first.hash)]);
    expect(await refresh(first.token)).toMatchObject({ decision: 'REFUSE' });
    expect(await active.isActive(session.id, session.userId, new Date())).toBe(false);
  });

  it('stores no rotation whose answer cannot be made', async () => {
    const { first } = await startSession();
    const failing = repository.refresh(first.hash, tokens.successorOf(first.token).hash, () =>
      Promise.reject(new Error('no signature')),
    );
    await expect(failing).rejects.toThrow('no signature');
    expect(await refresh(first.token)).toMatchObject({ decision: 'ROTATE' });
  });

  it('reads the database’s time after the wait for the lock, so that no repetition predates its rotation', async () => {
    const { session, first } = await startSession();
    const ages: number[] = [];
    await behindLock(session.id, () =>
      [1, 2, 3].map(() =>
        repository.refresh(first.hash, tokens.successorOf(first.token).hash, async (family) => {
          if (family.usedAt !== null) ages.push(family.readAt.getTime() - family.usedAt.getTime());
          return { decision: family.usedAt === null ? 'ROTATE' : 'REPEAT', answer };
        }),
      ),
    );
    expect(ages).toHaveLength(2);
    for (const age of ages) expect(age).toBeGreaterThanOrEqual(0);
  });

  it('reports a session as active only for its own user and until it ends', async () => {
    const { session } = await startSession();
    const stranger = (await startSession()).session.userId;
    expect(await active.isActive(session.id, session.userId, new Date())).toBe(true);
    expect(await active.isActive(session.id, stranger, new Date())).toBe(false);
    expect(await active.isActive(session.id, session.userId, session.expiresAt)).toBe(false);
  });

  it('never stores a second successor of a token', async () => {
    const { session, first } = await startSession();
    await refresh(first.token);
    const second = pool.query(
      `INSERT INTO refresh_tokens (hash, session_id, parent_hash, issued_at)
       VALUES (sha256('other'), $1, $2, now())`,
      [session.id, Buffer.from(first.hash, 'hex')],
    );
    await expect(second).rejects.toMatchObject({ constraint: 'refresh_tokens_one_successor' });
  });
});
