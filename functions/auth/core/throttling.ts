import { AppError } from '../../shared/errors/app-error.ts';

/**
 * At most `max` counted attempts by `subject` within `windowSeconds` of the first of them. Attempts under way are
 * held against the limit too, so that many at once get no further than many in turn.
 */
export interface Limit {
  /** What is limited; part of the key, so it never changes its meaning. */
  name: string;
  /** Whom it is counted for: an email, an address, both. Stored as a hash. */
  subject: string;
  max: number;
  windowSeconds: number;
  /** A forgiven attempt wipes the count. */
  clearedByForgiveness?: boolean;
  /** Does not apply where this mark was set by an earlier forgiven attempt. */
  waivedBy?: Mark;
}

/** Something remembered about a subject, set by a forgiven attempt. */
export interface Mark {
  name: string;
  subject: string;
  lifetimeSeconds: number;
}

/** How an admitted attempt ended: held against its limits, not held, or of no meaning (we failed, not they). */
export type AttemptOutcome = 'counted' | 'forgiven' | 'abandoned';

/** An attempt that was let through; `settle` is to be called exactly once and never throws. */
export interface AdmittedAttempt {
  settle(outcome: AttemptOutcome): Promise<void>;
}

/** Counts attempts. Where its store is away it lets nothing through: nobody guesses uncounted. */
export interface Throttle {
  /** @throws TooManyRequestsError where a limit is reached; UnavailableError where nobody can count. */
  admit(limits: readonly Limit[]): Promise<AdmittedAttempt>;
}

export class TooManyRequestsError extends AppError {
  constructor(retryAfterSeconds: number, options: ErrorOptions = {}) {
    super('TOO_MANY_REQUESTS', 'Too many attempts: wait a while.', { ...options, retryAfterSeconds });
  }
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * Who guesses is stopped, and nobody can lock out somebody else: the strict limit is on one account from one
 * address, and the one on the account from anywhere does not hold for addresses from which its owner has logged in
 * during the last 30 days. Only failed logins count, and a right password wipes the strict count.
 */
export const loginLimits = (email: string, sourceIp: string): Limit[] => {
  const address = addressOf(sourceIp);
  const pair = `${email} ${address}`;
  return [
    {
      name: 'login-pair',
      subject: pair,
      max: 10,
      windowSeconds: 15 * MINUTE_SECONDS,
      clearedByForgiveness: true,
    },
    {
      name: 'login-account',
      subject: email,
      max: 100,
      windowSeconds: HOUR_SECONDS,
      waivedBy: { name: 'login-known', subject: pair, lifetimeSeconds: 30 * DAY_SECONDS },
    },
    { name: 'login-address', subject: address, max: 300, windowSeconds: 10 * MINUTE_SECONDS },
  ];
};

/** Registrations count whatever comes of them, as a 409 tells whether an address has an account. */
export const registrationLimits = (sourceIp: string): Limit[] => [
  { name: 'register-address', subject: addressOf(sourceIp), max: 600, windowSeconds: 10 * MINUTE_SECONDS },
];

/**
 * What counts as one address: an IPv4 address (also one mapped into IPv6), or the /64 network of an IPv6 one, since
 * whoever has one address of it has all.
 */
export const addressOf = (sourceIp: string): string => {
  const ip = sourceIp.toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('::');
  const headGroups = head === '' ? [] : head.split(':');
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - headGroups.length - tailGroups.length);
  const groups = [...headGroups, ...new Array<string>(zeros).fill('0'), ...tailGroups];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
};
