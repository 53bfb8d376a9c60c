import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAddress, PASSWORD, type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';

let auth: RunningAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const logIn = (email: string, password: string, address: string, refreshToken?: string) =>
  auth.post('/auth/login', { email, password, ...(refreshToken && { refreshToken }) }, address);

/** Makes ten guesses from each of ten addresses, the later ones refused. @returns the addresses */
const attack = async (email: string) => {
  const addresses = Array.from({ length: 10 }, newAddress);
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(addresses.map((address) => logIn(email, `guess ${round} ${address}`, address)));
  }
  return addresses;
};

describe('100 wrong guesses from ten addresses', () => {
  it('do not prevent the owner’s login at a new address', async () => {
    const { email } = await auth.newUser();
    await attack(email);
    expect((await logIn(email, PASSWORD, newAddress())).status).toBe(200);
  });

  it('do not prevent the owner’s login at one of those addresses on a known device', async () => {
    const { email, tokens } = await auth.newUser();
    const { refreshToken } = tokens;
    const [shared = ''] = await attack(email);
    await auth.post('/auth/logout', { refreshToken });
    const stranger = await auth.newUser();
    expect((await logIn(email, PASSWORD, shared)).status).toBe(429);
    expect((await logIn(email, PASSWORD, shared, stranger.tokens.refreshToken)).status).toBe(429);
    expect((await logIn(email, PASSWORD, shared, 'nonsense')).status).toBe(429);
    expect((await logIn(email, 'not it', shared, refreshToken)).status).toBe(401);
    expect((await logIn(email, PASSWORD, shared, refreshToken)).status).toBe(200);
  });

  it('leave an owner who mistypes with a short Retry-After', async () => {
    const { email } = await auth.newUser();
    await attack(email);
    const address = newAddress();
    expect((await logIn(email, 'not it', address)).status).toBe(401);
    const early = await logIn(email, PASSWORD, address);
    expect(early).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
  });
});

describe('a refresh token in a login', () => {
  it.each([
    ['a list', ['x']],
    ['empty', ''],
    ['too long', 'A'.repeat(513)],
  ])('is refused if it is %s', async (_what, refreshToken) => {
    const { email } = await auth.newUser();
    const answer = await auth.post('/auth/login', { email, password: PASSWORD, refreshToken });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });
});
