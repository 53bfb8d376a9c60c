import { randomInt } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoginUnderAttack, RIGHT_PASSWORD } from '../../support/auth/guessing.ts';
import { newAddress } from '../../support/auth/running-auth.ts';
import { connectRedis } from '../../support/services.ts';

const DAY_SECONDS = 86_400;

let redis: Redis;
beforeAll(() => {
  redis = connectRedis();
});
afterAll(() => redis.quit());

const distinct = (count: number, make: () => string): string[] => {
  const found = new Set<string>();
  while (found.size < count) found.add(make());
  return [...found];
};
const addresses = (count: number) => distinct(count, newAddress);
const group = () => randomInt(0x1_0000).toString(16);

const MISTYPED = 'a quiet river at dwan';
const IN = { answer: 'in' };
const WRONG = { answer: 'wrong' };

describe.each([
  { count: 10, firstDay: 50, secondDay: 24 },
  { count: 1_000, firstDay: 5_000, secondDay: 1_000 },
])('while $count addresses guess at one account', ({ count, firstDay, secondDay }) => {
  let login: LoginUnderAttack;
  let email: string;
  let attackers: string[];
  let firstHalfDay: number;
  const home = newAddress();
  beforeAll(async () => {
    login = new LoginUnderAttack(redis);
    email = await login.register();
    attackers = addresses(count);
    expect(await login.logIn(email, RIGHT_PASSWORD, home)).toEqual(IN);
    firstHalfDay = await login.attack([email], attackers, DAY_SECONDS / 2);
  });

  it('the owner can log in at a new address at the first attempt', async () => {
    expect(await login.logIn(email, RIGHT_PASSWORD, newAddress())).toEqual(IN);
  });

  it('the owner can log in at a new address after three mistakes and 80 seconds', async () => {
    const address = newAddress();
    const waits: number[] = [];
    for (let mistake = 0; mistake < 3; mistake += 1) {
      expect(await login.logIn(email, MISTYPED, address)).toEqual(WRONG);
      const early = await login.logIn(email, RIGHT_PASSWORD, address);
      if (early.answer !== 'wait') throw new Error(`expected a wait, got "${early.answer}"`);
      waits.push(early.seconds);
      login.clock.advance(early.seconds);
    }
    expect(waits).toEqual([5, 15, 60]);
    expect(await login.logIn(email, RIGHT_PASSWORD, address)).toEqual(IN);
  });

  it('the owner can log in at a known address at once, even after four mistakes', async () => {
    for (let mistake = 0; mistake < 4; mistake += 1) {
      expect(await login.logIn(email, MISTYPED, home)).toEqual(WRONG);
    }
    expect(await login.logIn(email, RIGHT_PASSWORD, home)).toEqual(IN);
  });

  it(`the attacker gets ${firstDay} guesses on the first day and ${secondDay} on the second`, async () => {
    const first = firstHalfDay + (await login.attack([email], attackers, DAY_SECONDS));
    const second = await login.attack([email], attackers, 2 * DAY_SECONDS);
    expect([first, second]).toEqual([firstDay, secondDay]);
  });
});

describe('while the owner shares an address with an attacker', () => {
  let login: LoginUnderAttack;
  let email: string;
  const shared = newAddress();
  beforeAll(async () => {
    login = new LoginUnderAttack(redis);
    email = await login.register();
  });

  it('the owner can log in there with a known device, and elsewhere without one', async () => {
    expect(await login.attack([email], [shared], DAY_SECONDS - 1)).toBe(8);
    const device = login.deviceOf(email);
    const foreignDevice = login.deviceOf(await login.register());
    for (const proof of [undefined, foreignDevice]) {
      const attempt = await login.logIn(email, RIGHT_PASSWORD, shared, proof);
      expect(attempt).toMatchObject({ answer: 'wait' });
    }
    expect(await login.logIn(email, RIGHT_PASSWORD, newAddress())).toEqual(IN);
    expect(await login.logIn(email, MISTYPED, shared, device)).toEqual(WRONG);
    expect(await login.logIn(email, RIGHT_PASSWORD, shared, device)).toEqual(IN);
  });

  it('the attacker gets 103 guesses on the first day at a known address and 96 on the second', async () => {
    const known = newAddress();
    expect(await login.logIn(email, RIGHT_PASSWORD, known)).toEqual(IN);
    const start = login.elapsed();
    const first = await login.attack([email], [known], start + DAY_SECONDS);
    const second = await login.attack([email], [known], start + 2 * DAY_SECONDS);
    expect([first, second]).toEqual([103, 96]);
  });
});

describe('an address that guesses at 1,000 accounts for a day', () => {
  it('gets 60 guesses at once and then one in five minutes, like every other address of the attack', async () => {
    const login = new LoginUnderAttack(redis);
    const emails: string[] = [];
    for (let account = 0; account < 1_000; account += 1) emails.push(await login.register());
    const guesses = await login.attack(emails, addresses(20), DAY_SECONDS);
    expect(guesses).toBe(20 * (60 + 287));
    for (const email of emails.slice(0, 10)) {
      expect(await login.logIn(email, RIGHT_PASSWORD, newAddress())).toEqual(IN);
    }
  });
});

describe('an IPv6 site that guesses from 1,000 of its /64 networks for a day', () => {
  it('gets 45 guesses at one account', async () => {
    const login = new LoginUnderAttack(redis);
    const email = await login.register();
    const site = `2001:db8:${group()}`;
    const networks = Array.from({ length: 1_000 }, (_, n) => `${site}:${n.toString(16)}::1`);
    expect(await login.attack([email], networks, DAY_SECONDS)).toBe(45);
    expect(await login.logIn(email, RIGHT_PASSWORD, newAddress())).toEqual(IN);
  });
});
