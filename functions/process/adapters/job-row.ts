import * as z from 'zod';
import { FileProcessed, type ProcessFile } from '../../contracts/events.ts';
import { FAILURES, FailureCode } from '../../contracts/failures.ts';
import { EventId, RunId, type VideoId } from '../../contracts/ids.ts';
import { followUp } from '../../contracts/new-event.ts';
import type { Queryable } from '../../shared/database/pool.ts';
import { newEventId } from '../../shared/events/event-stamps.ts';
import type { Job } from '../core/attempts.ts';

const JobRow = z.object({
  attempt: z.int(),
  status: z.enum(['RUNNING', 'DONE', 'FAILED', 'DISCARDED', 'DELETED']),
  run_id: RunId.nullable(),
  command_id: EventId.nullable(),
  leased: z.boolean(),
  failure_code: FailureCode.nullable(),
  result: FileProcessed.shape.payload.nullable(),
  finished_at: z.date().nullable(),
});
type JobRow = z.infer<typeof JobRow>;

/** The columns of a JobRow. Leases follow the database's clock: no machine's clock decides which run is alive. */
const COLUMNS = `attempt, status, run_id, command_id, coalesce(lease_expires_at > now(), false) AS leased, failure_code,
  result, finished_at`;

/** A job as decisions need it, with the outcome that it can tell again. */
export interface StoredJob extends Job {
  outcome: JobRow['result'] | FailureCode;
}

/** @returns the job of a video; undefined where there is none. */
export const readJob = async (db: Queryable, videoId: VideoId): Promise<StoredJob | undefined> =>
  toJob(await db.query(`SELECT ${COLUMNS} FROM job WHERE video_id = $1`, [videoId]));

/** The same, the row locked until the transaction ends. */
export const lockJob = async (tx: Queryable, videoId: VideoId): Promise<StoredJob | undefined> =>
  toJob(await tx.query(`SELECT ${COLUMNS} FROM job WHERE video_id = $1 FOR UPDATE`, [videoId]));

const toJob = ({ rows: [row] }: { rows: unknown[] }): StoredJob | undefined => {
  if (row === undefined) return undefined;
  const { attempt, status, run_id: runId, command_id: commandId, leased, ...rest } = JobRow.parse(row);
  const outcome = status === 'DONE' ? rest.result : status === 'FAILED' ? rest.failure_code : null;
  const toldAt = outcome === null ? null : rest.finished_at;
  return { attempt, status, runId, commandId, leased, outcome, toldAt };
};

/**
 * The event that tells a stored outcome again, to the command that asked for it. A later attempt's command gets the
 * result under its own number, because the saga waits for that one.
 */
export const repeatOutcome = (outcome: NonNullable<StoredJob['outcome']>, event: ProcessFile, now: Date) => {
  const { attempt } = event.payload;
  return typeof outcome === 'string'
    ? followUp(
        event,
        'FILE_FAILED',
        { attempt, code: outcome, ...FAILURES[outcome] },
        { id: newEventId(), at: now },
      )
    : followUp(event, 'FILE_PROCESSED', { ...outcome, attempt }, { id: newEventId(), at: now });
};
