import { describe, expect, it } from 'vitest';
import { loginRules, registrationRules } from '../../../../functions/auth/core/throttle-rules.ts';
import type { Standing, ThrottleRules } from '../../../../functions/auth/core/throttling.ts';

const EMAIL = 'ada@example.com';
const HOME = '203.0.113.7';
const IPV6 = '2001:db8:1:2::9';

/** Names and subjects of the meters that delay an attempt in this standing. */
const delayedBy = ({ meters }: ThrottleRules, standing: Standing): string[] =>
  meters.filter((meter) => meter.ladders[standing]).map(({ name, subject }) => `${name} ${subject}`);

const everyRules = [
  loginRules(EMAIL, HOME),
  loginRules(EMAIL, IPV6),
  loginRules(EMAIL, HOME, 'laptop'),
  registrationRules(HOME),
];

describe('loginRules', () => {
  it.each<Standing>(['known', 'calm', 'pressed'])(
    'share no meter between the owner and an attacker at another address (%s)',
    (standing) => {
      const attacker = new Set(delayedBy(loginRules(EMAIL, '198.51.100.9'), standing));
      const shared = delayedBy(loginRules(EMAIL, HOME), standing).filter((meter) => attacker.has(meter));
      expect(shared).toEqual([]);
    },
  );

  it('limit a known address by the pair of account and address alone', () => {
    expect(delayedBy(loginRules(EMAIL, HOME), 'known')).toEqual([`login-pair ${EMAIL} ${HOME}`]);
    expect(delayedBy(loginRules(EMAIL, IPV6), 'known')).toEqual([`login-pair ${EMAIL} 2001:db8:1:2::/64`]);
  });

  it('limit a known device by the pair of account and device alone, at any address', () => {
    const rules = loginRules(EMAIL, HOME, 'laptop');
    expect(delayedBy(rules, 'pressed')).toEqual([`login-device ${EMAIL} laptop`]);
    expect(rules.pressure).toBeUndefined();
  });

  it('count an IPv6 attempt for its /64 and its /48, per account and for all accounts', () => {
    expect(delayedBy(loginRules(EMAIL, IPV6), 'calm')).toEqual([
      `login-pair ${EMAIL} 2001:db8:1:2::/64`,
      'login-address 2001:db8:1:2::/64',
      `login-site-pair ${EMAIL} 2001:db8:1::/48`,
      'login-site 2001:db8:1::/48',
    ]);
  });

  it('clear the meters of one account with one address or device on success, and no shared meter', () => {
    const cleared = everyRules.flatMap(({ meters }) => meters.filter((meter) => meter.clearedBySuccess));
    expect(new Set(cleared.map((meter) => meter.name))).toEqual(new Set(['login-pair', 'login-device']));
  });
});

describe('every ladder', () => {
  const ladders = everyRules.flatMap(({ meters }) => meters.flatMap((meter) => Object.values(meter.ladders)));

  it('lets the first attempt through at once and never shortens its delays', () => {
    expect(ladders.length).toBeGreaterThan(10);
    for (const { free, delaysSeconds } of ladders) {
      expect(free).toBeGreaterThanOrEqual(1);
      expect([...delaysSeconds].sort((a, b) => a - b)).toEqual(delaysSeconds);
    }
  });
});

describe('registrationRules', () => {
  it('count attempts per address', () => {
    expect(delayedBy(registrationRules(IPV6), 'calm')).toEqual(['register-address 2001:db8:1:2::/64']);
  });
});
