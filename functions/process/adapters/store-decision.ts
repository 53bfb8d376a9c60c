import type { VideoId } from '../../contracts/ids.ts';
import { consumeOnce } from '../../shared/inbox/consume-once.ts';
import type { UnitOfWork } from '../../shared/outbox/transactional-outbox.ts';
import type { JobChange } from '../core/job.ts';
import type { JobDecision } from '../core/job-decision.ts';

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

/** The columns that a change sets, with their values. */
const toColumns = (change: JobChange): [column: string, value: unknown][] => {
  const { result } = change;
  const columns: Record<string, unknown> = {
    attempt: change.attempt,
    status: change.status,
    run_id: change.runId,
    command_id: change.commandId,
    lease_expires_at: change.leaseExpiresAt,
    ends_at: change.endsAt,
    failure_code: change.failureCode,
    finished_at: change.finishedAt,
    user_id: change.userId,
    target: change.target,
    correlation_id: change.correlationId,
    claimed_at: change.claimedAt,
    suspected_at: change.suspectedAt,
    ...(result !== undefined && {
      result,
      frames_expected: result?.framesExpected ?? null,
      frames_delivered: result?.framesDelivered ?? null,
      zip_bytes: result?.sizeBytes ?? null,
      zip_sha256: result?.sha256 ?? null,
    }),
  };
  return Object.entries(columns).filter(([, value]) => value !== undefined);
};
