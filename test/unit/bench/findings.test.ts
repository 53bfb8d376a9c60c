import { describe, expect, it } from 'vitest';
import { brokenPromises } from '../../../bench/load/broken-promises.ts';
import { findingsOf, soundFailures } from '../../../bench/load/findings.ts';
import type { Upload } from '../../../bench/load/uploads.ts';
import { LoadUser } from '../../../bench/load/user.ts';
import { someRun } from '../../support/load-run.ts';

const user = new LoadUser('http://localhost');
const upload: Upload = { user, kind: 'sound', clip: 'h264.mp4', videoId: 'v', uploadedAt: 1_000 };

describe('the findings of a run', () => {
  it('are none when nothing was wrong', () => {
    expect(brokenPromises(findingsOf(someRun({ uploads: [upload] })))).toEqual([]);
  });

  it('include clients that gave up, refused sessions and unexpected answers', () => {
    const run = someRun({ uploads: [{ ...upload, problem: 'Error: gone' }] });
    run.answers.note({ call: 'GET /videos', status: 500, retryAfter: null, text: 'oops' });
    const findings = findingsOf({ ...run, sessionProblems: ['session: no answer'] });
    expect(findings.clientProblems).toEqual(['v: Error: gone', 'session: no answer']);
    expect(findings.unexpectedAnswers).toHaveLength(1);
    expect(brokenPromises(findings)).toHaveLength(2);
  });

  it('include every finding of the audit', () => {
    const run = someRun({});
    const found = ['lost', 'orphans', 'brokenZips', 'contradictions', 'multipartLeftovers'] as const;
    for (const name of [...found, 'deletionLeftovers', 'duplicates', 'unfinished'] as const) {
      const audit = { ...run.audit, [name]: ['a finding'] };
      expect(brokenPromises(findingsOf({ ...run, audit })), name).toHaveLength(1);
    }
  });

  it('include a sound video that FAILED only in a run without kills', () => {
    const video = {
      id: 'v',
      userId: 'u',
      status: 'FAILED',
      storageKey: 's',
      updatedAt: 0,
      failureCode: undefined,
    } as const;
    const run = someRun({ uploads: [upload], videos: [video] });
    expect(soundFailures(run)).toHaveLength(1);
    const kill = { at: 0, untilAt: 0, target: 'relay', signal: 'SIGKILL', what: 'relay' } as const;
    expect(soundFailures({ ...run, kills: [kill] })).toEqual([]);
    expect(soundFailures(someRun({ uploads: [{ ...upload, kind: 'corrupt' }], videos: [video] }))).toEqual(
      [],
    );
  });
});
