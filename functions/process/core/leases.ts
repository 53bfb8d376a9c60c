import {
  DATABASE_CONNECTION_TIMEOUT_SECONDS,
  DATABASE_QUERY_TIMEOUT_SECONDS,
} from '../../contracts/answer-times.ts';
import type { Job } from './job.ts';

/**
 * Seconds between the first sight of a lapsed lease and its judgement. After an outage of the database every lease has
 * lapsed, and a live run may need both timeouts and a pause until it renews.
 */
const RENEWAL_CHANCE_SECONDS = DATABASE_CONNECTION_TIMEOUT_SECONDS + DATABASE_QUERY_TIMEOUT_SECONDS + 1;

/** The lease of a run that is not finished, and what is known of its lapse. */
export type Lease = Pick<Job, 'leaseExpiresAt' | 'endsAt'> & { suspectedAt: Date | null };

/** The end of a lease that starts now: it never goes beyond the run's own end. */
export const leaseEnd = (now: Date, leaseSeconds: number, endsAt: Date): Date => {
  const full = secondsAfter(now, leaseSeconds);
  return full < endsAt ? full : endsAt;
};

/** Whether a run is past its own end. A job from before runs had an end has none. */
export const isOver = ({ endsAt }: Pick<Job, 'endsAt'>, now: Date): boolean =>
  endsAt !== null && endsAt <= now;

/**
 * Decides what a sweep makes of a lease: `kept` where it has not lapsed, or where its run still has a chance to renew
 * it; `suspected` at the first sight of its lapse; `lapsed` after that chance has passed.
 *
 * @param now the database's time.
 */
export const judgeLease = (
  { leaseExpiresAt, suspectedAt }: Lease,
  now: Date,
): 'kept' | 'suspected' | 'lapsed' => {
  if (leaseExpiresAt === null || leaseExpiresAt >= now) return 'kept';
  if (suspectedAt === null) return 'suspected';
  return secondsAfter(suspectedAt, RENEWAL_CHANCE_SECONDS) < now ? 'lapsed' : 'kept';
};

export const secondsAfter = (moment: Date, seconds: number): Date =>
  new Date(moment.getTime() + seconds * 1000);
