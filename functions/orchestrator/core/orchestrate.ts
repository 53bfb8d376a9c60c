import type { SagaEvent } from '../../contracts/events.ts';
import type { VideoId } from '../../contracts/ids.ts';
import {
  acknowledge,
  applyEvent,
  applyOverdue,
  type EventFactory,
  isFact,
  type SagaChange,
} from './apply-event.ts';
import { type SagaPolicy, secondsAfter } from './policy.ts';
import type { EventChannel, SagaRepository } from './ports.ts';
import type { Saga } from './saga.ts';

/** What the orchestrator's use cases need. */
export interface OrchestratorServices {
  sagas: SagaRepository;
  channel: EventChannel;
  events: EventFactory;
  policy: SagaPolicy;
  now(): Date;
}

/** Published events are left to the fast path for this long before the sweeper asks about them. */
const GRACE_SECONDS = 5;
/** Writers of one saga are few (its FIFO group, the sweeper): more collisions than this are no accident. */
const MAX_COLLISIONS = 5;
const SWEEP_BATCH = 100;

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
    applyEvent(saga, event, services.now(), services.policy, services.events),
  );
};

/** What one sweep did. */
export interface SweepResult {
  examined: number;
  republished: number;
  overdue: number;
}

/** Publishes again what nobody acknowledged and acts on deadlines that have passed. One bad saga stops no other. */
export const sweepSagas = async (
  services: OrchestratorServices,
  onError: (sagaId: VideoId, error: unknown) => void,
): Promise<SweepResult> => {
  const due = await services.sagas.findDue(services.now(), SWEEP_BATCH);
  const result = { examined: due.length, republished: 0, overdue: 0 };
  for (const sagaId of due) {
    try {
      result.republished += await republish(sagaId, services);
      const acted = await changeSaga(
        sagaId,
        services,
        (saga) => saga && applyOverdue(saga, services.now(), services.policy, services.events),
      );
      if (acted) result.overdue += 1;
    } catch (error) {
      onError(sagaId, error);
    }
  }
  return result;
};

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

/** Load, change, store if nobody else did, publish. @returns whether there was a change. @throws SagaContendedError */
const changeSaga = async (
  sagaId: VideoId,
  { sagas, channel, now }: OrchestratorServices,
  change: (saga: Saga | undefined) => SagaChange | undefined | Promise<SagaChange | undefined>,
): Promise<boolean> => {
  for (let collision = 0; collision < MAX_COLLISIONS; collision += 1) {
    const next = await change(await sagas.load(sagaId));
    if (!next) return false;
    if (await sagas.save(next.saga, dueAt(next.saga, now()))) {
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
