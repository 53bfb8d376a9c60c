import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ARTIFACT_STATES,
  type ArtifactState,
  mayBecome,
  newsOf,
} from '../../../functions/download/core/artifact.ts';
import { someEvent, someSource } from '../../support/events.ts';

const someState = fc.constantFrom(...ARTIFACT_STATES);
const settle = (states: readonly ArtifactState[]): ArtifactState =>
  states.reduce((from, to) => (mayBecome(from, to) ? to : from));

describe('an artifact’s state', () => {
  test('ends the same for every order and every repetition of the moves', () => {
    fc.assert(
      fc.property(
        fc
          .array(someState, { minLength: 1 })
          .chain((moves) =>
            fc.tuple(fc.constant(moves), fc.shuffledSubarray([...moves, ...moves], { minLength: 1 })),
          ),
        ([moves, order]) => {
          expect(settle([...order, ...moves])).toBe(settle(moves));
        },
      ),
    );
  });

  test('stays DELETED after any later news', () => {
    fc.assert(
      fc.property(fc.array(someState), (later) => {
        expect(settle(['DELETED', ...later])).toBe('DELETED');
      }),
    );
  });

  test('accepts a late upload after its form expired, and only the end of the video after a refusal', () => {
    expect(settle(['NOT_UPLOADED', 'PENDING'])).toBe('PENDING');
    expect(ARTIFACT_STATES.filter((to) => mayBecome('REFUSED', to))).toEqual(['DISCARDED', 'DELETED']);
  });
});

test('an upload event gives the state, the file name once it is known, and the reason of a refusal', () => {
  const refusal = { code: 'SIZE_MISMATCH', message: 'Not as large as declared.' } as const;
  expect([
    newsOf(someEvent('VIDEO_CREATED', {})),
    newsOf(someEvent('UPLOAD_EXPIRED', {})),
    newsOf(someEvent('FILE_UPLOADED', someSource({ fileName: 'a.mp4' }))),
    newsOf(someEvent('UPLOAD_REFUSED', refusal)),
  ]).toEqual([
    { state: 'AWAITED', fileName: '', refusal: null },
    { state: 'NOT_UPLOADED', fileName: '', refusal: null },
    { state: 'PENDING', fileName: 'a.mp4', refusal: null },
    { state: 'REFUSED', fileName: '', refusal: refusal.message },
  ]);
});
