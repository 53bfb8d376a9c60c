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

describe('the overhead of a video', () => {
  it('is its way to READY without its extraction', () => {
    const alone = passage(1_200, 3_200);
    expect(overheadOf(alone, [alone], 2)).toEqual({
      seconds: 1.7,
      turnSeconds: 0,
      steps: { receiving: 0.6, ordering: 0.4, 'taking on': 0.2, publishing: 0.2, showing: 0.3 },
    });
  });

  it('tells how much of it was waiting until one of the functions was free', () => {
    const last = passage(5_000, 6_000);
    const others = [passage(500, 4_000), passage(2_000, 7_000), passage(100, 900)];
    expect(overheadOf(last, [last, ...others], 2)).toMatchObject({
      seconds: 5.5,
      turnSeconds: 2,
      steps: { 'taking on': 2 },
    });
    expect(overheadOf(last, [last, ...others], 3).turnSeconds).toBe(0);
  });
});
