import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sweepEach } from '../../../functions/shared/sweep/sweep-each.ts';

async function* numbers(count: number, onEnd: () => void = () => undefined) {
  try {
    for (let number = 0; number < count; number += 1) yield number;
  } finally {
    onEnd();
  }
}
const always = { hasTime: () => true, onError: () => undefined };

test('every item is handled once, several at a time, and counted by its outcome', async () => {
  const handled: number[] = [];
  let [underWay, most] = [0, 0];
  const counts = await sweepEach(
    numbers(500),
    async (number) => {
      most = Math.max(most, ++underWay);
      await tick();
      underWay -= 1;
      handled.push(number);
      return number % 2 === 0 ? 'EVEN' : 'ODD';
    },
    { ...always, workers: 7 },
  );
  expect(counts).toEqual({ EVEN: 250, ODD: 250 });
  expect(handled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, number) => number));
  expect(most).toBe(7);
});

test('a failed item is reported and not retried, and the others are handled', async () => {
  const tried: number[] = [];
  const failed: number[] = [];
  const counts = await sweepEach(
    numbers(100),
    async (number) => {
      tried.push(number);
      if (number < 50) throw new Error('S3 is down');
      return 'DONE';
    },
    { ...always, workers: 4, onError: (number) => failed.push(number) },
  );
  expect(counts).toEqual({ DONE: 50 });
  expect(tried).toHaveLength(100);
  expect(failed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, number) => number));
});

test('the sweep ends when its time is up, finishes the items under way and closes its source', async () => {
  let [left, closed, finished] = [10, false, 0];
  await sweepEach(
    numbers(Number.POSITIVE_INFINITY, () => {
      closed = true;
    }),
    async () => {
      await tick();
      finished += 1;
      return 'DONE';
    },
    { ...always, workers: 3, hasTime: () => left-- > 0 },
  );
  expect({ finished, closed }).toEqual({ finished: 10, closed: true });
});

test('the sweep rejects with the error of its source after the items under way are finished', async () => {
  let finished = 0;
  async function* failing() {
    yield 1;
    yield 2;
    throw new Error('the database is away');
  }
  const sweep = sweepEach(
    failing(),
    async () => {
      await tick();
      finished += 1;
      return 'DONE';
    },
    { ...always, workers: 4 },
  );
  await expect(sweep).rejects.toThrow('the database is away');
  expect(finished).toBe(2);
});
