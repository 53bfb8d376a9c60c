import { describe, expect, it } from 'vitest';
import { FAULT_TARGETS, type PlannedFault, scheduleFaults } from '../../../bench/load/faults/schedule.ts';
import { planUploads } from '../../../bench/load/plan.ts';

const firstFaults = (seed: number, count: number): PlannedFault[] => {
  const schedule = scheduleFaults(seed);
  return Array.from({ length: count }, () => schedule.next().value);
};

describe('the plan of a load run', () => {
  it('is the same for the same seed and differs between seeds', () => {
    expect(firstFaults(7, 40)).toEqual(firstFaults(7, 40));
    expect(firstFaults(7, 40)).not.toEqual(firstFaults(8, 40));
    expect(planUploads(50, 7)).toEqual(planUploads(50, 7));
    expect(planUploads(50, 7)).not.toEqual(planUploads(50, 8));
  });

  it('hits every target within its first twenty faults, a few seconds apart', () => {
    const faults = firstFaults(1, 20);
    expect(new Set(faults.map(({ target }) => target))).toEqual(new Set(FAULT_TARGETS));
    for (const { pauseSeconds } of faults) expect(pauseSeconds).toBeLessThan(10);
  });

  it('makes 5 % of the uploads corrupt and abandons 5 %', () => {
    const kinds = Object.groupBy(planUploads(200, 1), ({ kind }) => kind);
    expect([kinds.sound?.length, kinds.corrupt?.length, kinds.abandoned?.length]).toEqual([180, 10, 10]);
  });

  it('deletes a fifth and repeats a tenth, at every kind of moment, and truncates some ZIPs', () => {
    const plan = planUploads(400, 1);
    const deletions = plan.flatMap(({ deletion }) => deletion ?? []);
    const repetitions = plan.flatMap(({ repetition }) => repetition ?? []);
    expect(deletions).toHaveLength(80);
    // An abandoned upload has nothing to repeat.
    expect(repetitions.length).toBeGreaterThan(30);
    expect(plan.filter(({ kind, repetition }) => kind === 'abandoned' && repetition)).toEqual([]);
    for (const moments of [deletions, repetitions]) {
      expect(new Set(moments.map(({ when }) => when)).size).toBe(4);
    }
    expect(plan.filter(({ cutsZip }) => cutsZip)).toHaveLength(16);
  });

  it('has at least one deletion and one truncated ZIP, however few uploads there are', () => {
    const plan = planUploads(10, 1);
    expect(plan.some(({ deletion }) => deletion !== undefined)).toBe(true);
    expect(plan.some(({ cutsZip }) => cutsZip)).toBe(true);
  });
});
