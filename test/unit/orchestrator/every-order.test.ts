import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import type { EventOrigin } from '../../../functions/contracts/new-event.ts';
import type { Saga } from '../../../functions/orchestrator/core/saga.ts';
import { someEvent, someOrigin, somePayload, someSource } from '../../support/events.ts';
import { countOrders, exploreOrders, type Step } from '../../support/every-order.ts';

const DELIVERIES = 3;

const uploaded = (origin: EventOrigin) => someEvent('FILE_UPLOADED', someSource(), origin);
const processed = (origin: EventOrigin, attempt = 1) =>
  someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(attempt), origin);
const available = (origin: EventOrigin, attempt = 1) =>
  someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(attempt), origin);
const started = (origin: EventOrigin, attempt = 1) =>
  someEvent('EXTRACTION_STARTED', { attempt, target: 'lambda' }, origin);
const failed = (origin: EventOrigin, attempt = 1, retryable = true) =>
  someEvent('FILE_FAILED', somePayload.FILE_FAILED(attempt, retryable), origin);
const deleted = (origin: EventOrigin) => someEvent('FILE_DELETED', {}, origin);

interface Story {
  name: string;
  events: SagaEvent[];
  /** (3n)! / 3!ⁿ for n events. */
  orders: number;
  final: string;
  /** The attempts that may be ordered, each at most once. */
  attempts: number[];
}

const story = (
  name: string,
  tell: (origin: EventOrigin) => SagaEvent[],
  rest: Pick<Story, 'orders' | 'final' | 'attempts'>,
): Story => ({ name, events: tell(someOrigin()), ...rest });

const STORIES: Story[] = [
  story('that succeeds', (saga) => [uploaded(saga), processed(saga), available(saga)], {
    ...{ orders: 1_680, final: 'COMPLETED', attempts: [1] },
  }),
  story(
    'that succeeds and reports its start',
    (saga) => [uploaded(saga), started(saga), processed(saga), available(saga)],
    { orders: 369_600, final: 'COMPLETED', attempts: [1] },
  ),
  story(
    'that starts twice before it fails',
    (saga) => [uploaded(saga), started(saga), failed(saga), started(saga, 2), failed(saga, 2, false)],
    { orders: 168_168_000, final: 'FAILED', attempts: [1, 2] },
  ),
  story('that fails permanently', (saga) => [uploaded(saga), failed(saga, 1, false)], {
    ...{ orders: 20, final: 'FAILED', attempts: [1] },
  }),
  story(
    'that succeeds at the second attempt',
    (saga) => [uploaded(saga), failed(saga), processed(saga, 2), available(saga, 2)],
    { orders: 369_600, final: 'COMPLETED', attempts: [1, 2] },
  ),
  story(
    'that succeeds at the third attempt',
    (saga) => [uploaded(saga), failed(saga, 1), failed(saga, 2), processed(saga, 3), available(saga, 3)],
    { orders: 168_168_000, final: 'COMPLETED', attempts: [1, 2] },
  ),
  story(
    'whose every attempt fails',
    (saga) => [uploaded(saga), failed(saga, 1), failed(saga, 2), failed(saga, 3)],
    { orders: 369_600, final: 'FAILED', attempts: [1, 2, 3] },
  ),
  story(
    'that is deleted after it succeeds',
    (saga) => [uploaded(saga), processed(saga), available(saga), deleted(saga)],
    { orders: 369_600, final: 'DELETED', attempts: [1] },
  ),
  story(
    'that is deleted after a failed attempt',
    (saga) => [uploaded(saga), failed(saga), processed(saga, 2), available(saga, 2), deleted(saga)],
    { orders: 168_168_000, final: 'DELETED', attempts: [1, 2] },
  ),
];

const OVER = ['COMPLETED', 'FAILED', 'DELETED'];

/** Invariants of every step of every order. */
const expectSound = ({ happening, again, before, after }: Step): void => {
  if (typeof happening === 'object' && again) {
    // A duplicate leaves the very same document.
    if (after !== before) throw new Error(`a second ${happening.type} had an effect`);
    return;
  }
  const [from, to] = [before?.state.status, after?.state.status];
  if (from !== undefined && OVER.includes(from) && to !== from && to !== 'DELETED')
    throw new Error(`${from} became ${to}`);
  // Only a result of an earlier attempt leads back to it.
  const [last, next] = [before, after].map((saga) =>
    saga && 'attempt' in saga.state ? saga.state.attempt : undefined,
  );
  const isResult = typeof happening === 'object' && happening.type === 'FILE_PROCESSED';
  if (last !== undefined && next !== undefined && next < last && !isResult)
    throw new Error(`attempt ${last} became ${next}`);
};
const attemptsOrderedBy = (published: readonly SagaEvent[]): number[] =>
  published.flatMap((event) => (event.type === 'PROCESS_FILE' ? [event.payload.attempt] : []));
const discardsAmong = (published: readonly SagaEvent[]): string[] =>
  published.flatMap((event) => (event.type === 'DISCARD_FILE' ? [event.payload.reason] : []));

describe('every order of the events of a saga, each delivered three times', () => {
  it.each(STORIES)(
    '$name ($orders orders) ends $final',
    async ({ events, orders, final, attempts }) => {
      expect(countOrders(events.length, DELIVERIES)).toBe(orders);
      const { paths, ends } = await exploreOrders(events, { deliveries: DELIVERIES, onStep: expectSound });
      // Every order was explored, not a sample.
      expect(paths).toBe(orders);
      for (const { saga, published } of ends) {
        expect(saga?.state.status).toBe(final);
        const heard = saga?.journal.map((entry) => entry.eventId) ?? [];
        for (const { id } of events) expect(heard.filter((eventId) => eventId === id)).toHaveLength(1);
        const ordered = attemptsOrderedBy(published);
        expect(new Set(ordered).size).toBe(ordered.length);
        for (const attempt of ordered) expect(attempts).toContain(attempt);
        const discards = discardsAmong(published);
        expect(discards).toEqual(final === 'COMPLETED' ? [] : [...new Set(discards)]);
        if (final !== 'COMPLETED') expect(discards.at(-1)).toBe(final);
      }
    },
    120_000,
  );
});

describe('every order of the events and deadlines of a saga, each three times', () => {
  const told = (saga: Saga | undefined, type: SagaEvent['type']) =>
    saga?.journal.find((entry) => entry.type === type)?.status;

  it('waits and repeats the order of its first attempt when no answer comes (20 orders)', async () => {
    const events = [uploaded(someOrigin()), 'DEADLINE'] as const;
    const { paths, ends } = await exploreOrders(events, { deliveries: DELIVERIES, onStep: expectSound });
    expect(paths).toBe(20);
    for (const { saga, published } of ends) {
      expect(saga?.state).toMatchObject({ status: 'PROCESSING', attempt: 1, takenOn: false });
      expect(new Set(attemptsOrderedBy(published))).toEqual(new Set([1]));
      expect(discardsAmong(published)).toEqual([]);
    }
  });

  it.each<[string, number, (saga: EventOrigin) => SagaEvent[]]>([
    ['the result', 369_600, (saga) => [uploaded(saga), processed(saga), available(saga)]],
    ['the start', 168_168_000, (saga) => [uploaded(saga), started(saga), processed(saga), available(saga)]],
    [
      'a failure',
      168_168_000,
      (saga) => [uploaded(saga), failed(saga), processed(saga, 2), available(saga, 2)],
    ],
  ])(
    'ends COMPLETED and discards nothing, however late %s comes (%d orders)',
    async (_, orders, tell) => {
      const events = [...tell(someOrigin()), 'DEADLINE'] as const;
      const { paths, ends } = await exploreOrders(events, { deliveries: DELIVERIES, onStep: expectSound });
      expect(paths).toBe(orders);
      for (const { saga, published } of ends) {
        expect(saga?.state.status).toBe('COMPLETED');
        expect(told(saga, 'FILE_AVAILABLE')).toBe('COMPLETED');
        expect(discardsAmong(published)).toEqual([]);
        const ordered = attemptsOrderedBy(published);
        expect(ordered).toEqual(ordered.toSorted());
      }
    },
    120_000,
  );
});
