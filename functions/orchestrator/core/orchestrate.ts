import type { SagaEvent } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import { sweepEach } from '../../shared/sweep/sweep-each.ts';
import { acknowledge, applyEvent, applyOverdue, isFact, type SagaChange } from './apply-event.ts';
import { type SagaPolicy, secondsAfter } from './policy.ts';
import type { EventChannel, SagaRepository } from './ports.ts';
import type { Saga } from './saga.ts';

/** The dependencies of the orchestrator's use cases. */
export interface OrchestratorServices {
  sagas: SagaRepository;
  channel: EventChannel;
  /** A new id and the time, for a new event. */
  stamp(): EventStamp;
  policy: SagaPolicy;
  now(): Date;
  /** Called after each stored change of a saga's state. */
  observe(saga: Saga): void;
}

/** Seconds that the fast path has before the sweeper checks published events. */
const GRACE_SECONDS = 5;
/** One saga has few writers (its FIFO group, the sweeper), so more collisions than this indicate an error. */
const MAX_COLLISIONS = 5;
const SWEEP_BATCH = 100;
/** Sagas swept concurrently. */
const SWEEP_WORKERS = 8;
/** Maximum number of queries per sweep. After that, the next sweep continues. */
const SWEEP_ROUNDS = 10;

/** Other writers changed the saga at each try. The message is delivered again. */
export class SagaContendedError extends Error {
  constructor(sagaId: VideoId) {
    super(`Saga ${sagaId} was written by others ${MAX_COLLISIONS} times in a row`);
    this.name = 'SagaContendedError';
  }
}

/** Handles one event: decides, stores the decision with its events in one write, then publishes the events. */
export const handleEvent = async (event: SagaEvent, services: OrchestratorServices): Promise<void> => {
  if (!isFact(event)) return;
  await changeSaga(event.sagaId, services, (saga) =>
    applyEvent(saga, event, services.now(), services.policy, services.stamp),
  );
};

/** The result of one sweep. */
export interface SweepResult {
  examined: number;
  republished: number;
  overdue: number;
}

/**
 * Republishes unacknowledged events and acts on passed deadlines until nothing is due. A saga that fails does not stop
 * the others.
 */
export const sweepSagas = async (
  services: OrchestratorServices,
  onError: (sagaId: VideoId, error: unknown) => void,
): Promise<SweepResult> => {
  const result = { examined: 0, republished: 0, overdue: 0 };
  const seen = new Set<VideoId>();
  let failed = 0;
  for (let round = 0; round < SWEEP_ROUNDS; round += 1) {
    // Failed sagas stay due and come first, so the query asks for that many more ids, to find the others too.
    const found = await services.sagas.findDue(services.now(), SWEEP_BATCH + failed);
    const due = found.filter((id) => !seen.has(id));
    if (due.length === 0) break;
    for (const sagaId of due) seen.add(sagaId);
    result.examined += due.length;
    await sweepEach(inOrder(due), (sagaId) => sweepSaga(sagaId, services, result), {
      workers: SWEEP_WORKERS,
      // The number of queries bounds a sweep.
      hasTime: () => true,
      onError: (sagaId, error) => {
        failed += 1;
        onError(sagaId, error);
      },
    });
  }
  return result;
};

async function* inOrder(ids: readonly VideoId[]): AsyncGenerator<VideoId> {
  yield* ids;
}

/** Sweeps one saga and adds its effects to `result`. */
const sweepSaga = async (
  sagaId: VideoId,
  services: OrchestratorServices,
  result: SweepResult,
): Promise<'SWEPT'> => {
  // Read after the wait, because the workers share the result.
  const republished = await republish(sagaId, services);
  result.republished += republished;
  if (await actOnDeadline(sagaId, services)) result.overdue += 1;
  return 'SWEPT';
};

const actOnDeadline = (sagaId: VideoId, services: OrchestratorServices): Promise<boolean> =>
  changeSaga(
    sagaId,
    services,
    (saga) => saga && applyOverdue(saga, services.now(), services.policy, services.stamp),
  );

/** Removes the acknowledged events and republishes the others. @returns the number of republished events */
const republish = async (sagaId: VideoId, services: OrchestratorServices): Promise<number> => {
  let unacknowledged: readonly SagaEvent[] = [];
  await changeSaga(sagaId, services, async (saga) => {
    if (!saga || saga.pending.length === 0) return undefined;
    const relayed = await services.channel.acknowledged(saga.pending);
    const kept = acknowledge(saga, relayed);
    unacknowledged = kept.pending;
    return { saga: kept, publish: unacknowledged };
  });
  return unacknowledged.length;
};

/**
 * Loads a saga, changes it, stores it and publishes the events. Tries again if another writer was faster.
 *
 * @returns whether there was a change
 * @throws SagaContendedError
 */
const changeSaga = async (
  sagaId: VideoId,
  { sagas, channel, now, observe }: OrchestratorServices,
  change: (saga: Saga | undefined) => SagaChange | undefined | Promise<SagaChange | undefined>,
): Promise<boolean> => {
  for (let collision = 0; collision < MAX_COLLISIONS; collision += 1) {
    const before = await sagas.load(sagaId);
    const next = await change(before);
    if (!next) return false;
    if (await sagas.save(next.saga, dueAt(next.saga, now()))) {
      if (next.saga.state !== before?.state) observe(next.saga);
      await channel.publish(next.publish);
      return true;
    }
  }
  throw new SagaContendedError(sagaId);
};

/** When the sweeper must check a saga: at its deadline, or earlier if it has unacknowledged events. */
export const dueAt = (saga: Saga, now: Date): string | undefined => {
  const deadline = 'deadlineAt' in saga.state ? saga.state.deadlineAt : undefined;
  const acknowledgement = saga.pending.length > 0 ? secondsAfter(now, GRACE_SECONDS) : undefined;
  return [deadline, acknowledgement].filter((time) => time !== undefined).sort()[0];
};
