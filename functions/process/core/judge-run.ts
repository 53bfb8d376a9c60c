import type { VideoId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import { decideLapse, type Judgement } from './decide-lease.ts';
import type { RunRecords } from './ports.ts';

/**
 * Fails the attempt of a run that let its lease lapse. A lapsed lease is only suspected by the first sweep that sees
 * it, so that a live run can renew it after an outage.
 */
export const judgeRun = (
  id: VideoId,
  { runs, stamp }: { runs: Pick<RunRecords, 'judge'>; stamp(): EventStamp },
): Promise<Judgement> => runs.judge(id, (run, now) => decideLapse(run, { now, stamp: stamp() }));
