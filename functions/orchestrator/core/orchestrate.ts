import type { SagaEvent } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import { acknowledge, applyEvent, applyOverdue, isFact, type SagaChange } from './apply-event.ts';
import { type SagaPolicy, secondsAfter } from './policy.ts';
import type { EventChannel, SagaRepository } from './ports.ts';
import type { Saga } from './saga.ts';

/** What the orchestrator's use cases need. */
export interface OrchestratorServices {
  sagas: SagaRepository;
  channel: EventChannel;
  /** A fresh id and the time, for an event to be sent. */
  stamp(): EventStamp;
  policy: SagaPolicy;
  now(): Date;
  /** Told of each step that was stored. */
  observe(saga: Saga): void;
}

/** Published events are left to the fast path for this long before the sweeper asks about them. */
const GRACE_SECONDS = 5;
/** Writers of one saga are few (its FIFO group, the sweeper): more collisions than this are no accident. */
const MAX_COLLISIONS = 5;
const SWEEP_BATCH = 100;
/** Sagas swept side by side. */
const SWEEP_WORKERS = 8;
/** A sweep looks for more at most so many times: the next one is due then. */
const SWEEP_ROUNDS = 10;

/** The saga was written by others each time we tried; the message is delivered again. */
export class SagaContendedError extends Error {
  constructor(sagaId: VideoId) {
    super(`Saga ${sagaId} was written by others ${MAX_COLLISIONS} times in a row`);
    this.name = 'SagaContendedError';
  }
}

/** Reacts to one event: decides, stores the decision with its events in one write, then publishes them. */
export const handleEvent = async (event: SagaEvent, services: OrchestratorServices): Promise<void> => {
  if (!isFact(event)) return;
  await changeSaga(event.sagaId, services, (saga) =>
    applyEvent(saga, event, services.now(), services.policy, services.stamp),
  );
};

/** What one sweep did. */
export interface SweepResult {
  examined: number;
  republished: number;
  overdue: number;
}

/**
 * Republishes unacknowledged events and acts on deadlines that have passed, until nothing is due. One bad saga
 * stops no other.
 */
export const sweepSagas = async (
  services: OrchestratorServices,
  onError: (sagaId: VideoId, error: unknown) => void,
): Promise<SweepResult> => {
  const result = { examined: 0, republished: 0, overdue: 0 };
  const seen = new Set<VideoId>();
  let failed = 0;
  for (let round = 0; round < SWEEP_ROUNDS; round += 1) {
    // Those that failed stay due and come first: as many more are asked for, so that they hide no other.
    const found = await services.sagas.findDue(services.now(), SWEEP_BATCH + failed);
    const due = found.filter((id) => !seen.has(id));
    if (due.length === 0) break;
    for (const sagaId of due) seen.add(sagaId);
    result.examined += due.length;
    const sweepNext = async (): Promise<void> => {
      for (let sagaId = due.shift(); sagaId !== undefined; sagaId = due.shift()) {
        try {
          result.republished += await republish(sagaId, services);
          if (await actOnDeadline(sagaId, services)) result.overdue += 1;
        } catch (error) {
          failed += 1;
          onError(sagaId, error);
        }
      }
    };
    await Promise.all(Array.from({ length: SWEEP_WORKERS }, sweepNext));
  }
  return result;
};

const actOnDeadline = (sagaId: VideoId, services: OrchestratorServices): Promise<boolean> =>
  changeSaga(
    sagaId,
    services,
    (saga) => saga && applyOverdue(saga, services.now(), services.policy, services.stamp),
  );

/** Drops the acknowledged events and publishes the others again. @returns how many were published. */
const republish = async (sagaId: VideoId, services: OrchestratorServices): Promise<number> => {
  let unheard: readonly SagaEvent[] = [];
  await changeSaga(sagaId, services, async (saga) => {
    if (!saga || saga.pending.length === 0) return undefined;
    const relayed = await services.channel.acknowledged(saga.pending);
    const kept = acknowledge(saga, relayed);
    unheard = kept.pending;
    return { saga: kept, publish: unheard };
  });
  return unheard.length;
};

/**
 * Loads, changes, stores unless another call stored first, publishes.
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

/** When the sweeper is to look at a saga: at its deadline, sooner where events wait to be acknowledged. */
export const dueAt = (saga: Saga, now: Date): string | undefined => {
  const deadline = 'deadlineAt' in saga.state ? saga.state.deadlineAt : undefined;
  const acknowledgement = saga.pending.length > 0 ? secondsAfter(now, GRACE_SECONDS) : undefined;
  return [deadline, acknowledgement].filter((time) => time !== undefined).sort()[0];
};
