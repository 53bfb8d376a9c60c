import type { SagaEvent } from '../../functions/contracts/events.ts';
import type { VideoId } from '../../functions/contracts/ids.ts';
import {
  handleEvent,
  type OrchestratorServices,
  sweepSagas,
} from '../../functions/orchestrator/core/orchestrate.ts';
import type { SagaRepository } from '../../functions/orchestrator/core/ports.ts';
import type { Saga } from '../../functions/orchestrator/core/saga.ts';
import { eventStamps } from '../../functions/shared/events/event-stamps.ts';
import { RecordingChannel, SOME_POLICY } from './orchestrator.ts';

/** Longer than every wait of the policy, in milliseconds. Repeated orders wait for a day at most. */
const PAST_ALL_DEADLINES = 25 * 60 * 60_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
/** Number of sweeps at the end, larger than the number of states with a deadline. */
const SWEEPS_TO_THE_END = 10;

/** Something that happens to a saga: an event is delivered, or time passes and the sweeper runs. */
export type Happening = SagaEvent | 'DEADLINE';

/** One step of one order, for the checks at each step. */
export interface Step {
  happening: Happening;
  /** Whether it is a repetition. */
  again: boolean;
  before: Saga | undefined;
  after: Saga | undefined;
}

/** An end that `paths` orders share: the same document. */
export interface End {
  saga: Saga | undefined;
  /** All events that the saga sent. None of them is acknowledged, so all are pending. */
  published: readonly SagaEvent[];
  paths: number;
}

/** (k·n)! / k!ⁿ: the orders of n things that happen k times each. */
export const countOrders = (things: number, deliveries: number): number => {
  let orders = 1;
  for (let thing = 1; thing <= things; thing += 1)
    for (let delivery = 1; delivery <= deliveries; delivery += 1)
      orders *= ((thing - 1) * deliveries + delivery) / delivery;
  return Math.round(orders);
};

/**
 * Explores every order in which each of these things happens `deliveries` times. The orchestrator depends only on the
 * stored saga and the clock, so orders that lead to the same document with the same remaining things are explored once
 * and counted. In the end, time passes until every deadline has passed.
 */
export const exploreOrders = async (
  happenings: readonly Happening[],
  { deliveries, onStep = () => undefined }: { deliveries: number; onStep?: (step: Step) => void },
): Promise<{ paths: number; nodes: number; ends: End[] }> => {
  const given = new Set(happenings.flatMap((each) => (typeof each === 'string' ? [] : [each.id as string])));
  let level = new Map<string, Node>([['', { counts: happenings.map(() => 0), saga: undefined, paths: 1 }]]);
  let nodes = 1;
  for (let step = 0; step < happenings.length * deliveries; step += 1) {
    const next = new Map<string, Node>();
    for (const { counts, saga, paths } of level.values()) {
      for (const [index, happening] of happenings.entries()) {
        const count = counts[index] ?? 0;
        if (count === deliveries) continue;
        const after = await happen(saga, happening, clockOf(happenings, counts));
        onStep({ happening, again: count > 0, before: saga, after });
        const following = counts.with(index, count + 1);
        const key = `${following.join()} ${canonical(after, given)}`;
        const known = next.get(key);
        next.set(key, { counts: following, saga: after, paths: paths + (known?.paths ?? 0) });
      }
    }
    level = next;
    nodes += level.size;
  }
  const ends: End[] = [];
  for (const { counts, saga, paths } of level.values()) {
    let end = saga;
    let now = clockOf(happenings, counts);
    for (let sweep = 0; sweep < SWEEPS_TO_THE_END; sweep += 1) {
      end = await happen(end, 'DEADLINE', now);
      now += PAST_ALL_DEADLINES;
    }
    ends.push({ saga: end, published: end?.pending ?? [], paths });
  }
  return { paths: ends.reduce((sum, end) => sum + end.paths, 0), nodes, ends };
};

interface Node {
  counts: readonly number[];
  saga: Saga | undefined;
  paths: number;
}

/** The clock advances with each passed deadline and otherwise stands still. */
const clockOf = (happenings: readonly Happening[], counts: readonly number[]): number =>
  START + (counts[happenings.indexOf('DEADLINE')] ?? 0) * PAST_ALL_DEADLINES;

const happen = async (
  before: Saga | undefined,
  happening: Happening,
  at: number,
): Promise<Saga | undefined> => {
  const sagas = new OneSaga(before);
  if (happening === 'DEADLINE') {
    const failLoudly = (_: VideoId, error: unknown) => {
      throw error;
    };
    await sweepSagas(servicesOn(sagas, at + PAST_ALL_DEADLINES), failLoudly);
  } else {
    const services = servicesOn(sagas, at);
    await handleEvent(happening, services);
  }
  return sagas.saga;
};

const servicesOn = (sagas: SagaRepository, at: number): OrchestratorServices => {
  const now = () => new Date(at);
  return {
    sagas,
    channel: new RecordingChannel(),
    stamp: eventStamps(now),
    policy: SOME_POLICY,
    now,
    observe: () => undefined,
  };
};

/** The table with one saga in it. */
class OneSaga implements SagaRepository {
  saga: Saga | undefined;
  #dueAt: string | undefined;

  constructor(saga: Saga | undefined) {
    this.saga = saga;
    this.#dueAt = saga && 'deadlineAt' in saga.state ? saga.state.deadlineAt : undefined;
  }

  async load(): Promise<Saga | undefined> {
    return this.saga;
  }

  async save(saga: Saga, dueAt: string | undefined): Promise<boolean> {
    if ((this.saga?.version ?? 0) !== saga.version - 1) return false;
    this.saga = saga;
    this.#dueAt = dueAt;
    return true;
  }

  async findDue(now: Date): Promise<VideoId[]> {
    return this.saga && this.#dueAt !== undefined && this.#dueAt <= now.toISOString()
      ? [this.saga.sagaId]
      : [];
  }
}

/**
 * The document with the orchestrator's random ids replaced by numbers in order, so that equal documents compare equal.
 */
const canonical = (saga: Saga | undefined, given: ReadonlySet<string>): string => {
  if (!saga) return '';
  const numbers = new Map<string, number>();
  const { version: _, ...content } = saga;
  return JSON.stringify(content).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => {
    if (given.has(id)) return id;
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `own-${number}`;
  });
};
