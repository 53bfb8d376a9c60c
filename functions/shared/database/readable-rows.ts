import * as z from 'zod';
import {
  METRIC_DIMENSION_CONTEXT,
  METRIC_ROWS_UNREADABLE,
  type StoringContext,
} from '../../contracts/metrics.ts';
import { logger } from '../logging/logger.ts';
import { recordMetrics } from '../metrics/metrics.ts';

/** The table of the rows, for the log and the metric. */
export interface RowSource {
  context: StoringContext;
  table: string;
}

/** The ids for finding a row again. */
const RowId = z.object({ id: z.string().optional(), video_id: z.string().optional() });

/**
 * Parses rows and skips those that this code cannot read. After a rollback, the code may find a status or a failure
 * code that it does not know. Such a row is skipped, logged and counted for the alarm, so that it does not block other
 * rows.
 *
 * @param parse throws if it cannot read a row
 */
export const readableRows = <Row, Value>(
  rows: readonly Row[],
  parse: (row: Row) => Value,
  source: RowSource,
): Value[] =>
  rows.flatMap((row) => {
    try {
      return [parse(row)];
    } catch (error) {
      reportUnreadable(source, RowId.safeParse(row).data, error);
      return [];
    }
  });

/** Logs a row that this code cannot read and counts it for the alarm. */
export const reportUnreadable = (
  { context, table }: RowSource,
  id: z.infer<typeof RowId> | undefined,
  error: unknown,
): void => {
  logger.error('Row cannot be read', { table, ...id, error });
  recordMetrics({ [METRIC_ROWS_UNREADABLE]: 1 }, { [METRIC_DIMENSION_CONTEXT]: context });
};
