import { describe, expect, it } from 'vitest';
import {
  collectStrayRun,
  STRAY_MARGIN_SECONDS,
} from '../../../../functions/process/core/collect-stray-run.ts';
import type { RecordedRun, RunRecords } from '../../../../functions/process/core/ports.ts';
import { someOrigin } from '../../../support/events.ts';
import { SOME_TIME as NOW, someJob, someRunId } from '../../../support/process.ts';

const runId = someRunId(1);
const { sagaId: videoId, userId } = someOrigin();
const objects = { runId, videoId, userId };

const collect = async (run: Pick<RecordedRun, 'job' | 'endsAt'>) => {
  const steps: string[] = [];
  const runs: Pick<RunRecords, 'recordCollected' | 'forget'> = {
    recordCollected: async (id) => void steps.push(`recorded ${id}`),
    forget: async (id) => void steps.push(`forgotten ${id}`),
  };
  const store = { discardRun: async () => void steps.push('output removed') };
  const outcome = await collectStrayRun({ ...run, objects, now: NOW }, { runs, store });
  return { outcome, steps };
};

describe('collectStrayRun', () => {
  const secondsEarlier = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
  const done = someJob({ status: 'DONE' });

  it('leaves the output of a current run alone, however long its end has passed', async () => {
    expect(await collect({ job: someJob({ runId }), endsAt: secondsEarlier(3600) })).toEqual({
      outcome: 'CURRENT',
      steps: [],
    });
  });

  it.each([
    ['superseded', done],
    ['failed', someJob({ status: 'FAILED', runId })],
    ['discarded', someJob({ status: 'DISCARDED', runId: null })],
    ['without a job', undefined],
  ])(
    'removes the output of a run that is %s, and keeps its record while it may still write',
    async (_, job) => {
      expect(await collect({ job, endsAt: secondsEarlier(STRAY_MARGIN_SECONDS) })).toEqual({
        outcome: 'COLLECTED',
        steps: ['output removed', `recorded ${runId}`],
      });
    },
  );

  it('removes the output of a run once more after its end, then forgets the run', async () => {
    expect(await collect({ job: done, endsAt: secondsEarlier(STRAY_MARGIN_SECONDS + 1) })).toEqual({
      outcome: 'FORGOTTEN',
      steps: ['output removed', `forgotten ${runId}`],
    });
  });
});
