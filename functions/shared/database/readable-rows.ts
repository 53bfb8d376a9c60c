import * as z from 'zod';
import type { OutboxContext } from '../../contracts/database.ts';
import { METRIC_DIMENSION_CONTEXT, METRIC_ROWS_UNREADABLE } from '../../contracts/metrics.ts';
import { logger } from '../logging/logger.ts';
import { recordMetrics } from '../metrics/metrics.ts';

/** The table that rows come from, for the log and the metric. */
export interface RowSource {
  context: OutboxContext;
  table: string;
}

/** By which a row is found again. */
const RowId = z.object({ id: z.string().optional(), video_id: z.string().optional() });

/**
 * The values of those rows that this code can read. Code that was rolled back may meet a status or a failure code that
 * it does not know. Such a row is left out, logged and counted for the alarm, so that it does not stop the other rows.
 *
 * @param parse throws where it cannot read a row.
 */
export const readableRows = <Value>(
  rows: readonly unknown[],
  parse: (row: unknown) => Value,
  { context, table }: RowSource,
): Value[] => {
  const values = rows.flatMap((row) => {
    try {
      return [parse(row)];
    } catch (error) {
      logger.error('Row left out', { table, ...RowId.safeParse(row).data, error });
      return [];
    }
  });
  const unreadable = rows.length - values.length;
  if (unreadable > 0) {
    recordMetrics({ [METRIC_ROWS_UNREADABLE]: unreadable }, { [METRIC_DIMENSION_CONTEXT]: context });
  }
  return values;
};
