import { describe, expect, test } from 'vitest';
import { succeededIds } from '../../../../local/events/batch-response.ts';

const ids = ['a', 'b', 'c'];
const done = (answer: unknown, reports = true) => succeededIds(ids, JSON.stringify(answer), reports);

describe('a batch', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an empty text', ''],
  ])('succeeds as a whole when the function answers %s', (_, answer) => {
    expect(done(answer)).toEqual(ids);
  });

  test('succeeds except for the messages that the function names', () => {
    expect(done({ batchItemFailures: [{ itemIdentifier: 'b' }] })).toEqual(['a', 'c']);
  });

  test.each<[string, unknown]>([
    ['an id that is not in the batch', { batchItemFailures: [{ itemIdentifier: 'x' }] }],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a wrong key', { batchItemFailures: [{ id: 'a' }] }],
    ['another type of answer', 'oops'],
  ])('fails as a whole when the answer holds %s', (_, answer) => {
    expect(done(answer)).toEqual([]);
  });

  test('succeeds as a whole when the event source does not ask for failures', () => {
    expect(done({ batchItemFailures: [{ itemIdentifier: 'b' }] }, false)).toEqual(ids);
  });
});
