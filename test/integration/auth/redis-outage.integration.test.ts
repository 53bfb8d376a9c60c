import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';

describe('without Redis', () => {
  let auth: RunningAuth;
  beforeAll(async () => {
    // Port 1 refuses connections.
    auth = await startAuth({ REDIS_URL: 'redis://127.0.0.1:1' });
  });
  afterAll(() => auth.close());

  it('registers and logs in all the same, and still refuses wrong passwords', async () => {
    const { email } = await auth.newUser();
    expect((await auth.post('/auth/login', { email, password: 'not it' })).status).toBe(401);
    expect((await auth.post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
  });
});
