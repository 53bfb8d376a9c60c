import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attemptBudget } from '../../functions/process/core/budget.ts';
import {
  type CallLimits,
  DYNAMODB_CALLS,
  LONG_POLL_SECONDS,
  longestCallMilliseconds,
  S3_CALLS,
  S3_TRANSFERS,
  SQS_CALLS,
  SQS_POLLS,
} from '../../functions/shared/aws/call-limits.ts';
import { AWS_TIMING, LOCAL_TIMING } from '../../lib/config/timing.ts';
import { STOP_TIMEOUT } from '../../lib/constructs/container.ts';
import { SIZES } from '../../lib/constructs/node-function.ts';
import { FUNCTIONS_DIRECTORY } from '../../lib/paths.ts';

const seconds = (limits: CallLimits): number => longestCallMilliseconds(limits) / 1000;
const TIMINGS = [AWS_TIMING, LOCAL_TIMING];

describe('A call with the longest allowed duration', () => {
  test.each([
    ['DynamoDB', DYNAMODB_CALLS],
    ['S3', S3_CALLS],
  ])('to %s ends before any function that makes it', (_, limits) => {
    const timeouts = [
      SIZES.http.timeout.toSeconds(),
      SIZES.sweep.timeout.toSeconds(),
      ...TIMINGS.map(({ inboxTimeoutSeconds }) => inboxTimeoutSeconds),
    ];
    for (const timeout of timeouts) expect(seconds(limits)).toBeLessThan(timeout);
  });

  test('of an extraction leaves most of the attempt’s time for further calls', () => {
    for (const { extractionTimeoutSeconds } of TIMINGS)
      expect(seconds(S3_TRANSFERS)).toBeLessThan(attemptBudget(extractionTimeoutSeconds) / 3);
  });

  test('that extends a message’s visibility timeout ends before the timeout', () => {
    for (const { workerVisibilitySeconds } of TIMINGS)
      expect(workerVisibilitySeconds / 3 + seconds(SQS_CALLS)).toBeLessThan(workerVisibilitySeconds);
  });

  test('of the relay ends before its container is killed', () =>
    expect(seconds(SQS_CALLS)).toBeLessThan(STOP_TIMEOUT.toSeconds()));
});

describe('A long poll', () => {
  test('without messages is answered within both limits of its client', () => {
    expect(SQS_POLLS.answerMilliseconds).toBeGreaterThan(LONG_POLL_SECONDS * 1000);
    expect(SQS_POLLS.silenceMilliseconds).toBeGreaterThan(LONG_POLL_SECONDS * 1000);
  });

  test('lasts no longer than SQS allows', () => expect(LONG_POLL_SECONDS).toBeLessThanOrEqual(20));
});

describe('Every client of the SDK', () => {
  const creation = /new (?<service>SQS|S3|DynamoDB)\w*Client\((?<config>[\s\S]{0,40})/g;
  const clients = globSync('**/*.ts', { cwd: FUNCTIONS_DIRECTORY }).flatMap((file) =>
    [...readFileSync(join(FUNCTIONS_DIRECTORY, file), 'utf8').matchAll(creation)].map((found) => ({
      file,
      service: found.groups?.service,
      config: found.groups?.config,
    })),
  );

  test('is found', () => {
    expect(new Set(clients.map(({ service }) => service))).toEqual(new Set(['SQS', 'S3', 'DynamoDB']));
  });

  test.each(clients)('in $file has time limits', ({ config }) => expect(config).toContain('clientConfig('));
});
