import { describe, expect, it } from 'vitest';
import { addressOf, siteOf } from '../../../../functions/auth/core/addresses.ts';

describe('addressOf and siteOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', undefined],
    ['::ffff:203.0.113.7', '203.0.113.7', undefined],
    ['::FFFF:203.0.113.7', '203.0.113.7', undefined],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['fe80::', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ])('map %s to %s and %s', (sourceIp, address, site) => {
    expect([addressOf(sourceIp), siteOf(sourceIp)]).toEqual([address, site]);
  });
});
