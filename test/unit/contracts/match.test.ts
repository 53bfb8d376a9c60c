import { expect, test } from 'vitest';
import type { SagaEventOf } from '../../../functions/contracts/events.ts';
import { match } from '../../../functions/contracts/match.ts';
import { someEvent, somePayload } from '../../support/events.ts';

type Outcome = SagaEventOf<'FILE_FAILED' | 'FILE_AVAILABLE'>;

const describe = (event: Outcome): string =>
  match(event, {
    FILE_FAILED: ({ payload }) => payload.code,
    FILE_AVAILABLE: ({ payload }) => `${payload.frames} frames`,
  });

test('an event goes to the handler of its type', () => {
  expect(describe(someEvent('FILE_FAILED', somePayload.FILE_FAILED()))).toBe('INTERNAL');
  expect(describe(someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE()))).toBe('4 frames');
});

test('a dispatch without a handler for one of the types does not compile', () => {
  const incomplete = (event: Outcome): string =>
    // @ts-expect-error FILE_AVAILABLE has no handler.
    match(event, { FILE_FAILED: ({ payload }) => payload.code });
  const available = someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE());
  expect(() => incomplete(available)).toThrow(TypeError);
});

test('a handler that takes the event of another type does not compile', () => {
  const crossed = (event: Outcome): number =>
    match(event, {
      // @ts-expect-error FILE_FAILED has no frames.
      FILE_FAILED: ({ payload }: SagaEventOf<'FILE_AVAILABLE'>) => payload.frames,
      FILE_AVAILABLE: ({ payload }) => payload.frames,
    });
  expect(crossed(someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE()))).toBe(4);
});
