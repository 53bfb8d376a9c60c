import { AppError } from '../../shared/errors/app-error.ts';

/**
 * How an attempt stands towards its account. `known`: an earlier attempt from the same address was right. `calm`: it
 * was not, and few such attempts have failed lately. `pressed`: it was not, and many have: the account is under attack.
 */
export type Standing = 'known' | 'calm' | 'pressed';

/**
 * The wait before the next attempt, by the number of failures so far: none below `free`, then one delay after the
 * other; the last one repeats.
 */
export interface Ladder {
  /** At least 1: the first attempt never waits. */
  free: number;
  delaysSeconds: readonly [number, ...number[]];
}

/** Counts failures by one subject, and forgets one of them every `leakSeconds`. */
export interface Meter {
  /** Part of the key. */
  name: string;
  /** What the failures are counted for: an email, an address, both. Stored as a hash. */
  subject: string;
  leakSeconds: number;
  /** In a standing without a ladder the meter neither counts nor delays. */
  ladders: Readonly<Partial<Record<Standing, Ladder>>>;
  /** A right attempt sets the count to zero. */
  clearedBySuccess?: boolean;
}

/** Counts failures that are not `known`. While it has at least `threshold` of them, the standing is `pressed`. */
export interface Pressure {
  name: string;
  subject: string;
  leakSeconds: number;
  threshold: number;
}

/** What a right attempt leaves behind: the next ones with the same mark are `known`. */
export interface Mark {
  name: string;
  subject: string;
  lifetimeSeconds: number;
}

/** Everything that an attempt is measured by. It waits for the longest delay of its meters. */
export interface ThrottleRules {
  meters: readonly Meter[];
  pressure?: Pressure;
  mark?: Mark;
}

/** How an attempt ended. `abandoned`: neither right nor wrong, because we failed. */
export type AttemptOutcome = 'counted' | 'forgiven' | 'abandoned';

/** An attempt that was admitted. Call `settle` exactly once; it never throws. */
export interface AdmittedAttempt {
  settle(outcome: AttemptOutcome): Promise<void>;
}

/**
 * Delays attempts. An attempt that comes too early is refused without being looked at, and a refusal does not prolong
 * the delay. While its store is away nothing is admitted, so that no attempt goes uncounted.
 */
export interface Throttle {
  /** @throws TooManyRequestsError if a delay is not over, UnavailableError if the store does not answer */
  admit(rules: ThrottleRules): Promise<AdmittedAttempt>;
}

export class TooManyRequestsError extends AppError {
  constructor(retryAfterSeconds: number, options: ErrorOptions = {}) {
    super('TOO_MANY_REQUESTS', { ...options, retryAfterSeconds });
  }
}
