import { ExtractionError } from '../../../engine/pure.ts';
import type { ProcessFile } from '../../contracts/events.ts';
import type { NoClaim } from './attempts.ts';
import { decideRelease } from './decide-lease.ts';
import { decideStart } from './decide-order.ts';
import { decideCompletion, decideFailure } from './decide-outcome.ts';
import { failureCodeOf } from './failure-code.ts';
import type { Job } from './job.ts';
import { keepLease } from './keep-lease.ts';
import type { Decide, ExtractionMeasures } from './ports.ts';
import type { ProcessServices } from './process-services.ts';
import type { AttemptResult, Claim } from './run.ts';
import { FencedOffError, fateOf, idsOf, objectsOf, runExtraction, runObjectsOf } from './run-extraction.ts';

/** What may end an attempt from outside. */
export interface AttemptLimits {
  /** Seconds after which the attempt fails with PROCESSING_TIMEOUT. */
  budgetSeconds: number;
  /** Aborts when the process has to stop: the attempt is then left to its message's next delivery. */
  stopping?: AbortSignal;
}

/** The share of an attempt's time for which its claim may wait for an unavailable database. */
const CLAIM_SHARE = 0.5;
/** Seconds for removing the output of a run that ended without a result; less than the budget leaves. */
const REMOVAL_SECONDS = 3;
/** Seconds after its budget at which a run is over by the database's clock, even if its process goes on. */
const OVERRUN_SECONDS = 60;

/** The run was stopped without a result: the message has to be delivered again. */
export class AttemptStoppedError extends Error {
  constructor() {
    super('The attempt was stopped before it had a result');
    this.name = 'AttemptStoppedError';
  }
}

/**
 * PROCESS_FILE: makes one attempt at the extraction. The attempt ends with FILE_PROCESSED or FILE_FAILED, or without an
 * event where another run or a discard has made it stale. A failure that may pass is reported as such at once. The run
 * holds a lease while it works; if it dies, the sweeper fails the attempt. The run waits for an unavailable database,
 * so that a broken connection costs no finished extraction.
 *
 * After an error there is no outcome, and the message must be delivered again.
 *
 * @throws AttemptStoppedError where it was stopped; the errors of the job repository.
 */
export const processFile = async (
  event: ProcessFile,
  services: ProcessServices,
  { budgetSeconds, stopping }: AttemptLimits,
): Promise<void> => {
  const startedAt = services.monotonicSeconds();
  const deadline = services.startDeadline(
    budgetSeconds,
    new ExtractionError('PROCESSING_TIMEOUT', `the attempt took more than ${budgetSeconds} s`),
  );
  const limit = AbortSignal.any([deadline.signal, ...(stopping ? [stopping] : [])]);
  try {
    const claim = await claimAttempt(event, services, budgetSeconds, limit);
    if (typeof claim === 'string') return await leaveAttempt(event, claim, services);
    services.log('info', 'Attempt taken on', { ...idsOf(event), target: event.payload.target });
    const lease = keepLease(claim, services);
    try {
      const outcome = await runAttempt(claim, services, AbortSignal.any([limit, lease.lost]), startedAt);
      await recordOutcome(claim, stopping?.aborted ? stopped(outcome) : outcome, services, limit);
    } finally {
      lease.stop();
      await services.progress.clear(event.sagaId);
    }
  } finally {
    deadline.clear();
  }
};

const claimAttempt = async (
  event: ProcessFile,
  { jobs, newRunId, stamp, leaseSeconds, persist, startDeadline }: ProcessServices,
  budgetSeconds: number,
  limit: AbortSignal,
): Promise<Claim | NoClaim> => {
  // The same run id at every try: a claim whose answer was lost is then recognised as this run's own.
  const run = { runId: newRunId(), leaseSeconds, limitSeconds: budgetSeconds + OVERRUN_SECONDS };
  const claim = () =>
    jobs.changeOrCreate(event.sagaId, (job, now) => decideStart(job, event, run, { now, stamp: stamp() }));
  const patience = startDeadline(budgetSeconds * CLAIM_SHARE, new Error('The claim waited too long'));
  try {
    return await persist(claim, AbortSignal.any([limit, patience.signal]));
  } finally {
    patience.clear();
  }
};

const leaveAttempt = async (
  event: ProcessFile,
  reason: NoClaim,
  { store, log }: ProcessServices,
): Promise<void> => {
  log('info', 'Attempt not taken on', { ...idsOf(event), reason });
  // A run of this video may have died after the discard had removed its output, and left more behind.
  if (reason === 'discarded') await store.discardOutput(objectsOf(event));
};

type Outcome = { result: AttemptResult } | { error: unknown };

/** A result is kept, even where it came after the stop. */
const stopped = (outcome: Outcome): Outcome =>
  'result' in outcome ? outcome : { error: new AttemptStoppedError() };

const runAttempt = async (
  claim: Claim,
  services: ProcessServices,
  signal: AbortSignal,
  startedAt: number,
): Promise<Outcome> => {
  try {
    return { result: await runExtraction(claim, services, signal, startedAt) };
  } catch (error) {
    // After the signal has aborted, the error of a read, a write or a child is only its consequence.
    return { error: signal.aborted ? signal.reason : error };
  }
};

const recordOutcome = async (
  claim: Claim,
  outcome: Outcome,
  services: ProcessServices,
  limit: AbortSignal,
): Promise<void> => {
  const { jobs, store, stamp, persist, log } = services;
  const ids = idsOf(claim.event);
  const change = <Answer>(decide: Decide<Job | undefined, Answer>) => jobs.change(claim.event.sagaId, decide);
  if ('result' in outcome) {
    const { result } = outcome;
    const complete = () =>
      change((job, now) => decideCompletion(job, claim, result, { now, stamp: stamp() }));
    if (await persist(complete, limit)) {
      const measures = measuresOf(claim.event, result);
      services.observe(measures);
      return log('info', 'Attempt done', { ...ids, ...measures });
    }
  } else if (outcome.error instanceof AttemptStoppedError) {
    await change((job) => decideRelease(job, claim.runId));
    throw outcome.error;
  } else if (!(outcome.error instanceof FencedOffError)) {
    const code = failureCodeOf(outcome.error);
    log('warn', 'Attempt failed', { ...ids, engine: services.engine.name, code, error: outcome.error });
    const fail = () => change((job, now) => decideFailure(job, claim, code, { now, stamp: stamp() }));
    if (await persist(fail, limit)) {
      services.observe({ code });
      return removeOwnOutput(claim, services);
    }
  }
  const fate = await fateOf(claim, services, limit);
  log('warn', 'Run fenced off', { ...ids, fate });
  if (fate === 'discarded') await store.discardOutput(objectsOf(claim.event));
  else await removeOwnOutput(claim, services);
};

/** Tries for a few seconds. The sweeper removes the rest. */
const removeOwnOutput = async (
  claim: Claim,
  { store, startDeadline, log }: ProcessServices,
): Promise<void> => {
  const limit = startDeadline(REMOVAL_SECONDS, new Error('The removal took too long'));
  try {
    await store.discardRun(runObjectsOf(claim), limit.signal);
  } catch (error) {
    log('warn', 'Output of a run not removed', { ...idsOf(claim.event), error });
  } finally {
    limit.clear();
  }
};

const measuresOf = (event: ProcessFile, result: AttemptResult): ExtractionMeasures => {
  const { bytesRead = 0, requests = 0, engine, extractionSeconds, framesDelivered } = result;
  const sourceBytes = event.payload.source.sizeBytes;
  return { engine, bytesRead, requests, extractionSeconds, framesDelivered, sourceBytes };
};
