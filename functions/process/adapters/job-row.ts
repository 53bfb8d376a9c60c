import * as z from 'zod';
import { FileProcessed } from '../../contracts/events.ts';
import { FailureCode } from '../../contracts/failures.ts';
import { EventId, RunId } from '../../contracts/ids.ts';
import type { Job, JobChange } from '../core/job.ts';

/** The columns of a JobRow. */
export const JOB_COLUMNS = `attempt, status, run_id, command_id, lease_expires_at, ends_at, result, failure_code,
  finished_at`;

/** The values of the column `status`. */
export const JobStatus = z.enum(['RUNNING', 'DONE', 'FAILED', 'DISCARDED', 'DELETED']);

const JobRow = z.object({
  attempt: z.int(),
  status: JobStatus,
  run_id: RunId.nullable(),
  command_id: EventId.nullable(),
  lease_expires_at: z.date().nullable(),
  ends_at: z.date().nullable(),
  result: FileProcessed.shape.payload.nullable(),
  failure_code: FailureCode.nullable(),
  finished_at: z.date().nullable(),
});

/** The job of a row. */
export const toJob = (input: unknown): Job => {
  const row = JobRow.parse(input);
  return {
    attempt: row.attempt,
    status: row.status,
    runId: row.run_id,
    commandId: row.command_id,
    leaseExpiresAt: row.lease_expires_at,
    endsAt: row.ends_at,
    result: row.result,
    failureCode: row.failure_code,
    finishedAt: row.finished_at,
  };
};

const NowRow = z.object({ now: z.date() });

/** The database's time, of a row with the column `now`. */
export const toNow = (row: unknown): Date => NowRow.parse(row).now;

/** The columns that a change sets, with their values. */
export const toColumns = (change: JobChange): [column: string, value: unknown][] => {
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
