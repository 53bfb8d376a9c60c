import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { RUNTIME_PACKAGES } from '../../../functions/self-test/adapters/runtime-packages.ts';
import type { Check } from '../../../functions/self-test/core/check.ts';
import { describeReason } from '../../../functions/self-test/core/reason.ts';
import { runSelfTest } from '../../../functions/self-test/run-self-test.ts';
import { REPOSITORY_ROOT } from '../../../lib/paths.ts';

const checkOf = (name: string, run: Check['run'], limitSeconds = 10): Check => ({
  name,
  limitSeconds,
  run,
  explain: (reason) => `${name} fails (${reason}): look at ${name}.`,
});
const failing = (name: string, error: unknown) => checkOf(name, () => Promise.reject(error));

describe('A self-test', () => {
  test('runs every check even after a failure, and reports one sentence for each failed check', async () => {
    const ran: string[] = [];
    const passing = checkOf('c', async () => void ran.push('c'));
    await expect(
      runSelfTest([failing('a', new Error('broken')), failing('b', 'text'), passing], {}),
    ).rejects.toMatchObject({
      name: 'SelfTestFailedError',
      code: 'SELF_TEST_FAILED',
      message: 'a fails (broken): look at a.\nb fails (text): look at b.',
      stack: '',
    });
    expect(ran).toEqual(['c']);
  });

  test('reports a check without an answer at its time limit, and aborts its signal', async () => {
    let signal: AbortSignal | undefined;
    const hanging = checkOf(
      'a',
      (given) => {
        signal = given;
        return new Promise(() => undefined);
      },
      0.01,
    );
    await expect(runSelfTest([hanging], {})).rejects.toThrow('a fails (no answer within 0.01 s): look at a.');
    expect(signal?.aborted).toBe(true);
  });

  test('hides the secrets of its environment', async () => {
    const error = new Error('login with open-sesame refused');
    await expect(runSelfTest([failing('a', error)], { DATABASE_PASSWORD: 'open-sesame' })).rejects.toThrow(
      'a fails (login with *** refused): look at a.',
    );
  });
});

describe('A reason', () => {
  test('is the line of a longer text that holds the error', () =>
    expect(describeReason(new Error('ended with 1: at x\nError: no libav\n    at y'))).toBe(
      'Error: no libav',
    ));
  test('begins with the code of its error', () =>
    expect(describeReason(Object.assign(new Error('refused'), { code: '28P01' }))).toBe('28P01: refused'));
  test('is that of the first address when a host fails at every address', () =>
    expect(describeReason(new AggregateError([new Error('one'), new Error('two')]))).toBe('one'));
});

test('Every package that runtime code imports is loaded by the self-test', () => {
  const imported = globSync('{archive,engine,functions}/**/*.ts', { cwd: REPOSITORY_ROOT }).flatMap(
    (file) => {
      const text = readFileSync(join(REPOSITORY_ROOT, file), 'utf8');
      return [...text.matchAll(/^(?:import|export|\}) (?!type )(?:[^;]*?from )?'([^'.][^']*)';$/gm)].flatMap(
        ([, specifier]) => specifier ?? [],
      );
    },
  );
  const packages = imported
    .filter((specifier) => !isBuiltin(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0]);
  // Only the child imports it, and the checks of the engines start the child.
  const expected = [...new Set(packages)].filter((name) => name !== 'node-av').toSorted();
  expect(expected).toContain('pg');
  expect(Object.keys(RUNTIME_PACKAGES).toSorted()).toEqual(expected);
});

test('The dependencies are the deployed packages: those of runtime code, and the engines', () => {
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'package.json'), 'utf8')));
  const engines = ['node-av', '@ffmpeg-installer/ffmpeg'];
  expect(Object.keys(dependencies).toSorted()).toEqual(
    [...Object.keys(RUNTIME_PACKAGES), ...engines].toSorted(),
  );
});
