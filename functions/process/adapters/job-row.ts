import * as z from 'zod';
import { FileProcessed } from '../../contracts/events.ts';
import { FailureCode } from '../../contracts/failures.ts';
import { EventId, RunId } from '../../contracts/ids.ts';
import type { Job } from '../core/job.ts';
import { JobStatus } from './column-values.ts';

/** The columns of a JobRow. */
export const JOB_COLUMNS = `attempt, status, run_id, command_id, lease_expires_at, ends_at, result, failure_code,
  finished_at`;

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
