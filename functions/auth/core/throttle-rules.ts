import { addressOf, siteOf } from './addresses.ts';
import type { Ladder, Meter, Standing, ThrottleRules } from './throttling.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** With this many failures (one leaks each hour), an account counts as under attack. */
const PRESSURE_THRESHOLD = 30;

/** An address stays known for this long after a login. A device stays known while its refresh tokens are stored. */
const KNOWN_DAYS = 30;

const always = (ladder: Ladder): Record<Standing, Ladder> => ({
  known: ladder,
  calm: ladder,
  pressed: ladder,
});
const unlessKnown = (ladder: Ladder): Partial<Record<Standing, Ladder>> => ({
  calm: ladder,
  pressed: ladder,
});

/**
 * The owner logged in from here before, so delays are short. There are delays because an attacker may share the
 * address.
 */
const KNOWN_LADDER: Ladder = {
  free: 5,
  delaysSeconds: [10, MINUTE_SECONDS, 5 * MINUTE_SECONDS, 15 * MINUTE_SECONDS],
};

const CALM_LADDER: Ladder = {
  free: 3,
  delaysSeconds: [15, MINUTE_SECONDS, 15 * MINUTE_SECONDS, HOUR_SECONDS, 8 * HOUR_SECONDS, DAY_SECONDS],
};

/**
 * Each new address gets its first attempt at once and three more within 80 s, for an owner at a new address who
 * mistypes three times. After that, delays are long, because an attacker has many addresses.
 */
const PRESSED_LADDER: Ladder = { free: 1, delaysSeconds: [5, 15, MINUTE_SECONDS, HOUR_SECONDS, DAY_SECONDS] };

/**
 * The rules for one login. An attacker delays only the addresses that the attack itself uses:
 * - An attempt with a device's proof is measured only by that device.
 * - An attempt from an address that is known for this account is measured only by this pair of account and address.
 * - Any other attempt is measured by the pair, by its address for all accounts, and likewise by its site (IPv6 /48).
 *   Failures against the account from other addresses make the pair's delays longer, but never delay its first attempt.
 *
 * ADR 18 explains the reasons and what an attacker can achieve.
 *
 * @param deviceId the device that the caller has proved, if any
 */
export const loginRules = (email: string, sourceIp: string, deviceId?: string): ThrottleRules => {
  const address = addressOf(sourceIp);
  const pair = `${email} ${address}`;
  const mark = { name: 'login-known', subject: pair, lifetimeSeconds: KNOWN_DAYS * DAY_SECONDS };
  if (deviceId !== undefined) return { meters: [deviceMeter(email, deviceId)], mark };
  return {
    meters: [
      {
        name: 'login-pair',
        subject: pair,
        leakSeconds: DAY_SECONDS,
        ladders: { known: KNOWN_LADDER, calm: CALM_LADDER, pressed: PRESSED_LADDER },
        clearedBySuccess: true,
      },
      {
        name: 'login-address',
        subject: address,
        leakSeconds: 5 * MINUTE_SECONDS,
        ladders: unlessKnown({ free: 60, delaysSeconds: [5 * MINUTE_SECONDS] }),
      },
      ...siteMeters(email, sourceIp),
    ],
    pressure: {
      name: 'login-account',
      subject: email,
      leakSeconds: HOUR_SECONDS,
      threshold: PRESSURE_THRESHOLD,
    },
    mark,
  };
};

const deviceMeter = (email: string, deviceId: string): Meter => ({
  name: 'login-device',
  subject: `${email} ${deviceId}`,
  leakSeconds: DAY_SECONDS,
  ladders: always(KNOWN_LADDER),
  clearedBySuccess: true,
});

/** Together, all /64 networks of a site get four times the attempts of one address; per account, five times. */
const siteMeters = (email: string, sourceIp: string): Meter[] => {
  const site = siteOf(sourceIp);
  if (site === undefined) return [];
  return [
    {
      name: 'login-site-pair',
      subject: `${email} ${site}`,
      leakSeconds: HOUR_SECONDS,
      ladders: unlessKnown({ free: 20, delaysSeconds: [MINUTE_SECONDS, 5 * MINUTE_SECONDS, HOUR_SECONDS] }),
    },
    {
      name: 'login-site',
      subject: site,
      leakSeconds: 75,
      ladders: unlessKnown({ free: 240, delaysSeconds: [75] }),
    },
  ];
};

/**
 * The rules for one registration: 600 at once from one address, then one per second. All attempts count, even
 * successful ones, because a 409 reveals that an email address has an account.
 */
export const registrationRules = (sourceIp: string): ThrottleRules => ({
  meters: [
    {
      name: 'register-address',
      subject: addressOf(sourceIp),
      leakSeconds: 1,
      ladders: always({ free: 600, delaysSeconds: [1] }),
    },
  ],
});
