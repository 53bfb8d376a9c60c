import { describe, expect, it } from 'vitest';
import { brokenPromises, type Findings, verdictOn } from '../../../bench/load/broken-promises.ts';

const NONE: Findings = {
  lost: [],
  duplicateEffects: [],
  orphanObjects: [],
  brokenZips: [],
  contradictions: [],
  deletionLeftovers: [],
  multipartLeftovers: [],
  lostSessions: [],
  clientProblems: [],
  unexpectedAnswers: [],
  unfinished: [],
  ofThisRun: [],
};

describe('the broken promises of a run', () => {
  it('are none without findings', () => {
    expect(brokenPromises(NONE)).toEqual([]);
    expect(verdictOn([])).toBe('Every promise was kept.');
  });

  it.each(Object.keys(NONE))('include a finding of the kind %s', (kind) => {
    const broken = brokenPromises({ ...NONE, [kind]: ['one', 'two'] });
    expect(broken).toEqual([{ title: expect.any(String), lines: ['one', 'two'] }]);
    expect(verdictOn(broken)).toMatch(/^PROMISES WERE BROKEN: .+ 2\. See above\.$/);
  });

  it('have a title of their own for each kind of finding', () => {
    const kinds = Object.keys(NONE);
    const broken = brokenPromises({ ...NONE, ...Object.fromEntries(kinds.map((kind) => [kind, [kind]])) });
    expect(broken.flatMap(({ lines }) => lines).toSorted()).toEqual(kinds.toSorted());
    expect(new Set(broken.map(({ title }) => title)).size).toBe(kinds.length);
  });
});
