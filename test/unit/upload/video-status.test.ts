import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VideoStatus } from '../../../functions/contracts/http.ts';
import { awaitsSource, mayBecome, statusesBefore } from '../../../functions/upload/core/video-status.ts';

const someStatus = fc.constantFrom(...VideoStatus.options);
const settle = (statuses: readonly VideoStatus[]): VideoStatus =>
  statuses.reduce<VideoStatus>((from, to) => (mayBecome(from, to) ? to : from), 'AWAITING_UPLOAD');

describe('a video’s status', () => {
  test('ends the same for every order and every repetition of the moves', () => {
    fc.assert(
      fc.property(
        fc
          .array(someStatus, { minLength: 1 })
          .chain((moves) =>
            fc.tuple(
              fc.constant(moves),
              fc.shuffledSubarray([...moves, ...moves, ...moves], { minLength: 1 }),
            ),
          ),
        ([moves, order]) => {
          expect(settle([...order, ...moves])).toBe(settle(moves));
        },
      ),
    );
  });

  test('never goes back', () => {
    fc.assert(
      fc.property(someStatus, someStatus, (a, b) => {
        expect(mayBecome(a, b) && mayBecome(b, a)).toBe(false);
        expect(statusesBefore(b).includes(a)).toBe(mayBecome(a, b));
      }),
    );
  });

  test('stays FAILED once the saga has given up, even if the video was READY before or after', () => {
    expect(settle(['READY', 'FAILED'])).toBe('FAILED');
    expect(settle(['FAILED', 'READY'])).toBe('FAILED');
  });

  test('awaits its source until the source arrives, even after the form expired', () => {
    expect(VideoStatus.options.filter(awaitsSource)).toEqual(['AWAITING_UPLOAD', 'EXPIRED']);
  });
});
