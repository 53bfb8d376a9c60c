import { describe, expect, it } from 'vitest';
import { connectionProblems } from '../../../bench/load/connection-watch.ts';
import { dueAfterMilliseconds, uploadsWithin } from '../../../bench/load/rhythm.ts';

const role = (mostAtOnce: number, limit: number, enforced = limit) => ({
  ...{ role: 'frame_flow_upload', mostAtOnce, limit, enforced },
});

describe('The connections of a soak', () => {
  it('are no problem up to the limit', () => {
    expect(connectionProblems([role(0, 3), role(3, 3)])).toEqual([]);
  });

  it('are a problem above the limit, and when PostgreSQL enforces another limit than the computed one', () => {
    expect(connectionProblems([role(4, 3), role(1, 3, -1)])).toEqual([
      'frame_flow_upload had 4 connections; its limit is 3',
      'PostgreSQL limits frame_flow_upload to -1 instead of 3',
    ]);
  });
});

describe('The rhythm of a soak', () => {
  it('is steady without idle phases', () => {
    const rhythm = { ratePerMinute: 30, idleSeconds: 0 };
    expect([0, 1, 60, 61].map((number) => dueAfterMilliseconds(number, rhythm))).toEqual([
      0, 2_000, 120_000, 122_000,
    ]);
    expect(uploadsWithin(60, rhythm)).toBe(30);
  });

  it('pauses after every two minutes', () => {
    const rhythm = { ratePerMinute: 30, idleSeconds: 75 };
    expect([59, 60, 120].map((number) => dueAfterMilliseconds(number, rhythm))).toEqual([
      118_000, 195_000, 390_000,
    ]);
    expect(uploadsWithin(390, rhythm)).toBe(120);
  });
});
