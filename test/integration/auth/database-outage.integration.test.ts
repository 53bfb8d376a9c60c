import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newEmail, PASSWORD, type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';

let auth: RunningAuth;
beforeAll(async () => {
  // Port 1 refuses connections.
  auth = await startAuth({ DATABASE_PORT: '1' });
});
afterAll(() => auth.close());

describe('without the database', () => {
  it.each([
    ['/auth/register', { email: newEmail(), password: PASSWORD }],
    ['/auth/login', { email: newEmail(), password: PASSWORD }],
    ['/auth/refresh', { refreshToken: 'A'.repeat(43) }],
    ['/auth/logout', { refreshToken: 'A'.repeat(43) }],
  ])('POST %s answers 503 with Retry-After', async (path, body) => {
    const answer = await auth.post(path, body);
    expect([answer.status, answer.body]).toMatchObject([503, { code: 'UNAVAILABLE' }]);
    expect(answer.headers['retry-after']).toBe('5');
  });
});
