import { AppError } from '../../shared/errors/app-error.ts';

/**
 * The relation of an attempt to its account. `known`: an earlier attempt from the same address was successful. `calm`:
 * not known, and few such attempts have failed recently. `pressed`: not known, and many have failed, so the account is
 * under attack.
 */
export type Standing = 'known' | 'calm' | 'pressed';

/**
 * The wait before the next attempt, by the number of failures so far: none below `free`, then the delays in order. The
 * last delay repeats.
 */
export interface Ladder {
  /** At least 1: the first attempt never waits. */
  free: number;
  delaysSeconds: readonly [number, ...number[]];
}

/** Counts failures of one subject. One failure leaks every `leakSeconds`. */
export interface Meter {
  /** Part of the key. */
  name: string;
  /** The subject of the count: an email, an address, or both. Stored as a hash. */
  subject: string;
  leakSeconds: number;
  /** The meter neither counts nor delays attempts with a standing that has no ladder. */
  ladders: Readonly<Partial<Record<Standing, Ladder>>>;
  /** A successful attempt sets the count to zero. */
  clearedBySuccess?: boolean;
}

/** Counts failures whose standing is not `known`. With at least `threshold` failures, the standing is `pressed`. */
export interface Pressure {
  name: string;
  subject: string;
  leakSeconds: number;
  threshold: number;
}

/** Set by a successful attempt: later attempts with the same mark are `known`. */
export interface Mark {
  name: string;
  subject: string;
  lifetimeSeconds: number;
}

/** All rules for an attempt. The longest delay of its meters applies. */
export interface ThrottleRules {
  meters: readonly Meter[];
  pressure?: Pressure;
  mark?: Mark;
}

/** The outcome of an attempt. `abandoned`: unknown, because of an error of ours. */
export type AttemptOutcome = 'counted' | 'forgiven' | 'abandoned';

/** An attempt that was admitted. Call `settle` exactly once; it never throws. */
export interface AdmittedAttempt {
  settle(outcome: AttemptOutcome): Promise<void>;
}

/**
 * Delays attempts. An attempt that comes too early is refused without being checked, and the refusal does not extend
 * the delay. While the throttle's store is unavailable, all attempts are refused, so that every attempt is counted.
 */
export interface Throttle {
  /** @throws TooManyRequestsError if a delay is not over, UnavailableError if the store does not respond */
  admit(rules: ThrottleRules): Promise<AdmittedAttempt>;
}

export class TooManyRequestsError extends AppError {
  constructor(retryAfterSeconds: number, options: ErrorOptions = {}) {
    super('TOO_MANY_REQUESTS', { ...options, retryAfterSeconds });
  }
}
