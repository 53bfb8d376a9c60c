import { describe, expect, it } from 'vitest';
import { decideDiscard } from '../../../../functions/process/core/decide-discard.ts';
import { someEvent } from '../../../support/events.ts';
import { SOME_TIME as NOW, processFileEvent, someJob } from '../../../support/process.ts';

const order = processFileEvent();

describe('decideDiscard', () => {
  const discard = someEvent('DISCARD_FILE', { reason: 'FAILED', code: 'INTERNAL', message: 'No.' }, order);
  const deletion = someEvent('DISCARD_FILE', { reason: 'DELETED' }, order);

  it('fences off the run of a saga that failed', () => {
    expect(decideDiscard(someJob(), discard, NOW)).toEqual({
      change: { status: 'DISCARDED', runId: null, finishedAt: NOW },
      events: [],
    });
  });

  it('leaves a tombstone as it is when the saga then fails', () => {
    expect(decideDiscard(someJob({ status: 'DELETED' }), discard, NOW)).toEqual({ events: [] });
  });

  it('keeps nothing of the user where the video was deleted', () => {
    expect(decideDiscard(someJob({ status: 'DISCARDED' }), deletion, NOW)).toEqual({
      change: {
        ...{ status: 'DELETED', userId: null, runId: null, target: null, result: null, failureCode: null },
        ...{ claimedAt: null, leaseExpiresAt: null, endsAt: null, suspectedAt: null },
        ...{ commandId: null, correlationId: null, finishedAt: NOW },
      },
      events: [],
    });
  });
});
