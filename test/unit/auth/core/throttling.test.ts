import { describe, expect, it } from 'vitest';
import { addressOf, loginLimits, registrationLimits } from '../../../../functions/auth/core/throttling.ts';

describe('addressOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::', 'fe80:0:0:0::/64'],
  ])('takes %s for %s', (sourceIp, address) => {
    expect(addressOf(sourceIp)).toBe(address);
  });
});

describe('loginLimits', () => {
  const subjects = (email: string, sourceIp: string) =>
    new Map(loginLimits(email, sourceIp).map((limit) => [limit.name, limit.subject]));

  it('counts an attacker elsewhere against other subjects than the owner, save the lenient account limit', () => {
    const owner = subjects('ada@example.com', '203.0.113.7');
    const attacker = subjects('ada@example.com', '198.51.100.9');
    const shared = [...owner].filter(([name, subject]) => attacker.get(name) === subject);
    expect(shared).toEqual([['login-account', 'ada@example.com']]);
  });

  it('waives the account limit for an address from which the owner logged in before', () => {
    const waived = loginLimits('ada@example.com', '203.0.113.7').filter((limit) => limit.waivedBy);
    expect(waived.map((limit) => [limit.name, limit.waivedBy?.subject])).toEqual([
      ['login-account', 'ada@example.com 203.0.113.7'],
    ]);
  });

  it('wipes by a right password only what one account and address together have counted', () => {
    const wiped = loginLimits('ada@example.com', '203.0.113.7').filter((limit) => limit.clearedByForgiveness);
    expect(wiped.map((limit) => limit.name)).toEqual(['login-pair']);
  });
});

describe('registrationLimits', () => {
  it('are held against the address', () => {
    expect(registrationLimits('2001:db8:1:2::9').map((limit) => limit.subject)).toEqual([
      '2001:db8:1:2::/64',
    ]);
  });
});
