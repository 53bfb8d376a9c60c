import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../../local/events/schedule-expression.ts';

describe('a rate', () => {
  test.each([
    ['rate(1 minute)', 5_000],
    ['rate(2 minutes)', 120_000],
    ['rate(1 hour)', 3_600_000],
    ['rate(1 day)', 86_400_000],
    ['rate(30 days)', 30 * 86_400_000],
  ])('%s repeats every %d ms', (expression, intervalMilliseconds) => {
    expect(parseSchedule(expression)).toEqual({ kind: 'rate', intervalMilliseconds });
  });

  test('of one minute can be shortened', () => {
    expect(parseSchedule('rate(1 minute)', 300)).toEqual({ kind: 'rate', intervalMilliseconds: 300 });
  });
});

const matches = (expression: string, time: string): boolean => {
  const schedule = parseSchedule(expression);
  return schedule.kind === 'cron' && schedule.matches(new Date(time));
};

describe('a cron expression', () => {
  test.each([
    ['cron(30 3 * * ? *)', '2026-11-21T03:30:00Z', true],
    ['cron(30 3 * * ? *)', '2026-11-21T03:31:00Z', false],
    ['cron(0/15 * * * ? *)', '2026-11-21T03:45:00Z', true],
    ['cron(0/15 * * * ? *)', '2026-11-21T03:46:00Z', false],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-20T09:00:00Z', true],
    ['cron(0 9 ? * MON-FRI *)', '2026-11-21T09:00:00Z', false],
    ['cron(10-20/5 * * * ? *)', '2026-11-21T03:15:00Z', true],
    ['cron(10-20/5 * * * ? *)', '2026-11-21T03:25:00Z', false],
    ['cron(0 0 1,15 JAN ? 2027)', '2027-01-15T00:00:00Z', true],
    ['cron(0 0 1,15 JAN ? 2027)', '2028-01-15T00:00:00Z', false],
    ['cron(0 0 ? * 1 *)', '2026-11-22T00:00:00Z', true],
  ])('%s at %s: %s', (expression, time, expected) => {
    expect(matches(expression, time)).toBe(expected);
  });
});

test.each([
  'rate(0 minutes)',
  'rate(1 week)',
  'cron(* * * *)',
  'cron(61 * * * ? *)',
  'cron(0 0 L * ? *)',
  'cron(0 9 ? * FRI-MON *)',
  'cron(5/2/3 * * * ? *)',
  'cron(1-5-9 * * * ? *)',
  'cron(0 0 1, * ? *)',
  'at(2026)',
  '',
])('%j is refused', (expression) => {
  expect(() => parseSchedule(expression)).toThrow();
});
