import { expect, test } from 'vitest';
import { errorIn } from '../../../../local/lambda/function-log.ts';

test.each([
  ['{"level":"ERROR","message":"it broke"}', 'it broke'],
  ['{"level":"critical","message":"it broke"}', 'it broke'],
  ['{"level":"INFO","message":"fine"}', undefined],
  ['{"message":"no level"}', undefined],
  ['{"level":"ERROR"', undefined],
  ['plain text', undefined],
])('of %s the console shows %s', (line, expected) => {
  expect(errorIn(line)).toBe(expected);
});

test('of a long message the console shows the beginning', () => {
  expect(errorIn(JSON.stringify({ level: 'ERROR', message: 'x'.repeat(10_000) }))).toHaveLength(240);
});
