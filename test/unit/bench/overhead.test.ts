import { describe, expect, it } from 'vitest';
import { overheadOf, type ReadyPassage } from '../../../bench/load/overhead.ts';

const passage = (claimedAt: number, finishedAt: number): ReadyPassage => ({
  uploadedAt: 0,
  receivedAt: 600,
  orderedAt: 1_000,
  claimedAt,
  finishedAt,
  availableAt: finishedAt + 200,
  readyAt: finishedAt + 500,
});

describe('the time from upload to READY', () => {
  it('is the sum of waiting for a turn, extraction and the other steps', () => {
    const alone = passage(1_200, 3_200);
    expect(overheadOf(alone, [alone], 2)).toEqual({
      totalSeconds: 3.7,
      turnSeconds: 0,
      extractionSeconds: 2,
      steps: { receiving: 0.6, ordering: 0.4, 'taking on': 0.2, publishing: 0.2, showing: 0.3 },
    });
  });

  it('counts the wait until a function was free as waiting for a turn', () => {
    const last = passage(5_000, 6_000);
    const others = [passage(500, 4_000), passage(2_000, 7_000), passage(100, 900)];
    const overhead = overheadOf(last, [last, ...others], 2);
    expect(overhead).toMatchObject({
      totalSeconds: 6.5,
      turnSeconds: 2,
      extractionSeconds: 1,
      steps: { 'taking on': 2 },
    });
    const { totalSeconds, turnSeconds, extractionSeconds, steps } = overhead;
    const rest = Object.values(steps).reduce((sum, seconds) => sum + seconds, 0);
    expect(turnSeconds + extractionSeconds + rest).toBeCloseTo(totalSeconds);
    expect(overheadOf(last, [last, ...others], 3).turnSeconds).toBe(0);
  });
});
