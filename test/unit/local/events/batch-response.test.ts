import { describe, expect, test } from 'vitest';
import { succeededIds } from '../../../../local/events/batch-response.ts';

const ids = ['a', 'b', 'c'];
const done = (answer: unknown, reports = true) => succeededIds(ids, JSON.stringify(answer), reports);

describe('of a batch', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an empty text', ''],
  ])('all is done when the function answers %s', (_, answer) => {
    expect(done(answer)).toEqual(ids);
  });

  test('what the function does not name is done', () => {
    expect(done({ batchItemFailures: [{ itemIdentifier: 'b' }] })).toEqual(['a', 'c']);
  });

  test.each<[string, unknown]>([
    ['an id that is not in the batch', { batchItemFailures: [{ itemIdentifier: 'x' }] }],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a wrong key', { batchItemFailures: [{ id: 'a' }] }],
    ['something else entirely', 'oops'],
  ])('nothing is done when it names %s', (_, answer) => {
    expect(done(answer)).toEqual([]);
  });

  test('the answer does not matter where the event source does not ask for it', () => {
    expect(done({ batchItemFailures: [{ itemIdentifier: 'b' }] }, false)).toEqual(ids);
  });
});
