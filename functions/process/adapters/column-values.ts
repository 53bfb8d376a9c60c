import * as z from 'zod';

/** The values of the column `job.status`. */
export const JobStatus = z.enum(['RUNNING', 'DONE', 'FAILED', 'DISCARDED', 'DELETED']);

const NowRow = z.object({ now: z.date() });

/** The database's time, of a row with the column `now`. */
export const toNow = (row: unknown): Date => NowRow.parse(row).now;
