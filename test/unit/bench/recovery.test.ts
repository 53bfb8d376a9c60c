import { describe, expect, it } from 'vitest';
import { recoverySeconds } from '../../../bench/load/recovery.ts';

const passage = { uploadedAt: 1_000, orderedAt: 2_000, claimedAt: 12_000, overAt: 15_000 };
const kills = (...times: number[]) => times.map((at) => ({ at, untilAt: at }));

describe('the recovery of a video', () => {
  it('is the time from the first fault that hit it outside the queue to its end', () => {
    expect(recoverySeconds(passage, kills(500, 13_000, 14_000, 16_000))).toBe(2);
  });

  it('leaves out only the wait in the queue after an earlier fault', () => {
    expect(recoverySeconds(passage, kills(1_500))).toBe(3.5);
  });

  it('is undefined when every fault came before it, after it, or while it waited in the queue', () => {
    expect(recoverySeconds(passage, kills(500, 5_000, 11_999, 15_000))).toBeUndefined();
  });

  it('begins when the video leaves the queue during a fault that began earlier', () => {
    expect(recoverySeconds(passage, [{ at: 500, untilAt: 1_200 }])).toBe(4);
    expect(recoverySeconds(passage, [{ at: 11_000, untilAt: 12_500 }])).toBe(3);
    expect(recoverySeconds(passage, [{ at: 500, untilAt: 900 }])).toBeUndefined();
  });

  it('counts all the time when its extraction was never ordered or never begun', () => {
    expect(recoverySeconds({ ...passage, orderedAt: undefined }, kills(5_000))).toBe(10);
    expect(recoverySeconds({ ...passage, claimedAt: undefined }, kills(5_000))).toBe(10);
  });
});
