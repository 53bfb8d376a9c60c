import { decideRenewal } from './decide-lease.ts';
import type { ProcessServices } from './process-services.ts';
import type { Claim } from './run.ts';
import { FencedOffError, idsOf } from './run-extraction.ts';

/** Renewals within the time of one lease: two may fail before it lapses. */
const RENEWALS_PER_LEASE = 3;

/** A lease that is being renewed. */
export interface KeptLease {
  /** Aborts when the run is no longer current. */
  lost: AbortSignal;
  stop(): void;
}

/** Renews the run's lease until it is stopped. */
export const keepLease = (
  { event, runId }: Claim,
  { jobs, startRepetition, leaseSeconds, persist, log }: ProcessServices,
): KeptLease => {
  const lost = new AbortController();
  const ended = new AbortController();
  const renew = () => jobs.change(event.sagaId, (job, now) => decideRenewal(job, runId, leaseSeconds, now));
  const renewal = startRepetition(leaseSeconds / RENEWALS_PER_LEASE, async () => {
    try {
      // Repeated while the database is unavailable: the first moment after an outage decides which runs live.
      const fate = await persist(renew, ended.signal);
      if (fate !== 'current') lost.abort(new FencedOffError(fate));
    } catch (error) {
      // The result needs the database as well, and learns then whether the run is still current.
      log('warn', 'Lease not renewed', { ...idsOf(event), error });
    }
  });
  return {
    lost: lost.signal,
    stop: () => {
      renewal.stop();
      ended.abort();
    },
  };
};
