import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseRole } from '../../../functions/contracts/database.ts';
import { eventually } from '../../support/eventually.ts';
import { type FaultStack, startFaultStack } from '../../support/fault-stack.ts';

const VIDEO = { fileName: 'holiday.mp4', sizeBytes: 1000 };
/** Longer than the 75 s after which the server ends an idle session. */
const SESSION_PATIENCE_SECONDS = 120;

let faults: FaultStack;
beforeAll(async () => {
  faults = await startFaultStack();
});
afterAll(() => faults.close());

const sessionsOf = async (role: string): Promise<number> => {
  const { rows } = await faults.pool.query<{ sessions: number }>(
    'SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE usename = $1',
    [role],
  );
  return rows[0]?.sessions ?? 0;
};

describe('Functions that were frozen until the server ended their sessions', () => {
  it('answer their first call without a retry of the client', async () => {
    const { api } = faults;
    const roles = [
      databaseRole('upload', 'http'),
      databaseRole('auth', 'http'),
      databaseRole('auth', 'authorizer'),
    ];
    const create = () => api.client.createVideo(VIDEO);
    const first = await create();
    await api.call('GET', '/auth/me');
    const open = await Promise.all(roles.map(sessionsOf));
    expect(Math.min(...open)).toBeGreaterThan(0);
    // The functions are frozen, so only the server can have closed the sessions.
    for (const role of roles) {
      await eventually(
        `the server to end the sessions of ${role}`,
        async () => ((await sessionsOf(role)) === 0 ? true : undefined),
        SESSION_PATIENCE_SECONDS,
      );
    }
    expect(await api.call('GET', `/videos/${first.id}`)).toMatchObject({ status: 200 });
    expect(await api.call('GET', '/auth/me')).toMatchObject({ status: 200 });
    // This call also uses Redis, whose connection is as old.
    expect((await create()).status).toBe('AWAITING_UPLOAD');
    expect(faults.stack.lambda('UploadHttp').longThaws).toBeGreaterThan(0);
  });
});
