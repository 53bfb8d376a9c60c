import type { SagaEvent } from '../../functions/contracts/events.ts';
import type { EventId, VideoId } from '../../functions/contracts/ids.ts';
import type { OrchestratorServices } from '../../functions/orchestrator/core/orchestrate.ts';
import type { SagaPolicy } from '../../functions/orchestrator/core/policy.ts';
import type { EventChannel, SagaRepository } from '../../functions/orchestrator/core/ports.ts';
import { Saga } from '../../functions/orchestrator/core/saga.ts';
import { eventStamps } from '../../functions/shared/events/event-stamps.ts';

/** Sagas in memory, with the version check and the JSON encoding of the real table. */
class InMemorySagas implements SagaRepository {
  readonly #items = new Map<VideoId, { json: string; version: number; dueAt: string | undefined }>();
  /** Runs before each save, so that a test can interfere. */
  beforeSave: (saga: Saga) => void | Promise<void> = () => undefined;

  async load(sagaId: VideoId): Promise<Saga | undefined> {
    const item = this.#items.get(sagaId);
    return item && Saga.parse(JSON.parse(item.json));
  }

  async save(saga: Saga, dueAt: string | undefined): Promise<boolean> {
    await this.beforeSave(saga);
    if ((this.#items.get(saga.sagaId)?.version ?? 0) !== saga.version - 1) return false;
    this.#items.set(saga.sagaId, { json: JSON.stringify(saga), version: saga.version, dueAt });
    return true;
  }

  async findDue(now: Date, limit: number): Promise<VideoId[]> {
    const due = [...this.#items].filter(
      ([, item]) => item.dueAt !== undefined && item.dueAt <= now.toISOString(),
    );
    return due.slice(0, limit).map(([sagaId]) => sagaId);
  }
}

/** A channel that records published events and acknowledges those in `relayed`. */
export class RecordingChannel implements EventChannel {
  readonly published: SagaEvent[] = [];
  readonly relayed = new Set<EventId>();

  async publish(events: readonly SagaEvent[]): Promise<void> {
    this.published.push(...events);
  }

  async acknowledged(events: readonly SagaEvent[]): Promise<ReadonlySet<EventId>> {
    return new Set(events.map((event) => event.id).filter((id) => this.relayed.has(id)));
  }
}

/** The policy of a deployment. */
export const SOME_POLICY: SagaPolicy = {
  lambdaLimits: { sourceBytes: 50_000_000, picturePixels: 10_000_000, totalPixels: 1_000_000_000 },
  waitingSeconds: 60 * 60,
  processingSeconds: { lambda: 20 * 60, fargate: 60 * 60 },
  publishingSeconds: 45 * 60,
  backoffSeconds: 30,
};

/** The orchestrator in memory, with a clock that the test moves. */
export const orchestratorOnMemory = () => {
  const clock = { now: new Date('2026-01-01T00:00:00.000Z') };
  const sagas = new InMemorySagas();
  const channel = new RecordingChannel();
  const now = () => clock.now;
  const services: OrchestratorServices = {
    sagas,
    channel,
    stamp: eventStamps(now),
    policy: SOME_POLICY,
    now,
    observe: () => undefined,
  };
  return { services, sagas, channel, clock };
};
