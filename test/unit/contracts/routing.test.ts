import { describe, expect, it } from 'vitest';
import { messageGroupOf } from '../../../functions/contracts/routing.ts';
import { someEvent, someOrigin, somePayload, someSource } from '../../support/events.ts';

describe('the message group of an event', () => {
  it('is its saga, so that the events of one saga are handled in order', () => {
    const origin = someOrigin();
    for (const event of [
      someEvent('FILE_UPLOADED', someSource(), origin),
      someEvent('EXTRACTION_STARTED', { attempt: 1, target: 'lambda' }, origin),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin),
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin),
    ]) {
      expect(messageGroupOf(event)).toBe(origin.sagaId);
    }
  });

  it('is separate for each attempt and each discard, which wait for no other message', () => {
    const origin = someOrigin();
    const order = (attempt: number) =>
      someEvent('PROCESS_FILE', { attempt, target: 'lambda', source: someSource() }, origin);
    const discard = someEvent('DISCARD_FILE', { reason: 'DELETED' }, origin);
    const processed = someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin);
    const groups = [order(1), order(2), discard, processed].map(messageGroupOf);
    expect(new Set(groups).size).toBe(4);
    // A repeated order has the group of the original.
    expect(messageGroupOf(order(1))).toBe(groups[0]);
  });
});
