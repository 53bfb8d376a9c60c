import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { register } from '../../../../functions/auth/core/register.ts';
import { TooManyRequestsError } from '../../../../functions/auth/core/throttling.ts';
import { UserId } from '../../../../functions/contracts/ids.ts';
import { UnavailableError } from '../../../../functions/shared/errors/app-error.ts';
import { TestClock } from '../../../support/auth/clock.ts';
import { FakeHasher, FakeThrottle, FakeUsers } from '../../../support/auth/fakes.ts';

const setUp = () => ({
  users: new FakeUsers(),
  hasher: new FakeHasher(),
  throttle: new FakeThrottle(),
  newUserId: () => UserId.parse(randomUUID()),
  now: new TestClock('2026-03-01T12:00:00.000Z').now,
});
const request = { email: 'ada@example.com', password: 'a quiet river at dawn' };

describe('register', () => {
  it('answers with the profile and stores a hash, not the password', async () => {
    const services = setUp();
    const profile = await register({ ...request, name: 'Ada' }, '203.0.113.7', services);
    expect(profile).toEqual({
      id: expect.any(String),
      email: 'ada@example.com',
      name: 'Ada',
      createdAt: '2026-03-01T12:00:00.000Z',
    });
    expect(services.users.stored[0]?.passwordHash).toBe('v1:a quiet river at dawn');
  });

  it('refuses an address that is already registered', async () => {
    const services = setUp();
    await register(request, '203.0.113.7', services);
    await expect(register(request, '203.0.113.7', services)).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
  });

  it('counts successful and refused attempts, since a refusal reveals who has an account', async () => {
    const services = setUp();
    await register(request, '203.0.113.7', services);
    await register(request, '203.0.113.7', services).catch(() => undefined);
    expect(services.throttle.outcomes).toEqual(['counted', 'counted']);
  });

  it('creates no account once the limit is reached', async () => {
    const services = setUp();
    services.throttle.refusal = new TooManyRequestsError(60);
    await expect(register(request, '203.0.113.7', services)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: 60,
    });
    expect(services.users.stored).toEqual([]);
  });

  it('creates no account when attempts cannot be counted', async () => {
    const services = setUp();
    services.throttle.refusal = new UnavailableError();
    await expect(register(request, '203.0.113.7', services)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(services.users.stored).toEqual([]);
  });

  it('refuses a common password without counting the attempt', async () => {
    const services = setUp();
    await expect(
      register({ ...request, password: 'password123' }, '203.0.113.7', services),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(services.throttle.asked).toEqual([]);
  });
});
