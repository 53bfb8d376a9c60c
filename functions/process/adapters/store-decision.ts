import type { VideoId } from '../../contracts/ids.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { UnitOfWork } from '../../shared/outbox/transactional-outbox.ts';
import type { JobChange } from '../core/job.ts';
import type { JobDecision } from '../core/job-decision.ts';
import { toColumns } from './job-row.ts';

/** Stores a decision and emits its events. The caller's transaction holds the job's lock. @returns the answer. */
export const storeDecision = async <Answer>(
  { tx, emit }: UnitOfWork,
  id: VideoId,
  { answer, change, begins, wins, ends, events }: JobDecision<Answer>,
): Promise<Answer> => {
  if (change) await tx.query(...update(id, change));
  if (begins) {
    const { runId, videoId, userId, endsAt } = begins;
    await tx.query('INSERT INTO run (run_id, video_id, user_id, ends_at) VALUES ($1, $2, $3, $4)', [
      runId,
      videoId,
      userId,
      endsAt,
    ]);
  }
  if (wins) await tx.query('DELETE FROM run WHERE run_id = $1', [wins]);
  if (ends) await consumeOnce(tx, ends);
  for (const event of events) emit(event);
  return answer;
};

const update = (id: VideoId, change: JobChange): [text: string, values: unknown[]] => {
  const columns = toColumns(change);
  const assignments = columns.map(([column], position) => `${column} = $${position + 2}`);
  return [
    `UPDATE job SET ${assignments.join(', ')} WHERE video_id = $1`,
    [id, ...columns.map(([, value]) => value)],
  ];
};
