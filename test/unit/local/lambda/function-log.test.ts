import { expect, test } from 'vitest';
import { errorIn } from '../../../../local/lambda/function-log.ts';

test.each([
  ['{"level":"ERROR","message":"it broke"}', 'it broke'],
  ['{"level":"critical","message":"it broke"}', 'it broke'],
  ['{"level":"INFO","message":"fine"}', undefined],
  ['{"message":"no level"}', undefined],
  ['{"level":"ERROR"', undefined],
  ['plain text', undefined],
])('errorIn(%s) is %s', (line, expected) => {
  expect(errorIn(line)).toBe(expected);
});

test('the console shows only the beginning of a long message', () => {
  expect(errorIn(JSON.stringify({ level: 'ERROR', message: 'x'.repeat(10_000) }))).toHaveLength(240);
});
