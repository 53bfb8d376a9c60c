import * as z from 'zod';
import { type RowSource, readableRows } from './readable-rows.ts';

const PAGE_ROWS = 100;

/** A row's position in the order of `moment`, then `id`. */
export interface RowPosition {
  /** A timestamptz in PostgreSQL's text format, because a Date would lose the microseconds. */
  moment: string;
  id: string;
}

const PositionedRow = z.object({ position_moment: z.string(), position_id: z.string() });

/**
 * Reads the rows of a query in pages, in the order of a moment and an id, and yields their parsed values. Each page
 * starts after the last row of the previous page, so rows that stay in place (unreadable or not handled) do not hide
 * later rows. Rows that this code cannot read are skipped, as in `readableRows`.
 *
 * @param parse throws if it cannot read a row
 * @param query selects at most `limit` rows after `after`, with the columns `position_moment` and `position_id`
 */
export async function* readInPages<Value>(
  parse: (row: unknown) => Value,
  source: RowSource,
  query: (after: RowPosition | undefined, limit: number) => Promise<{ rows: unknown[] }>,
): AsyncGenerator<Value> {
  for (let after: RowPosition | undefined; ; ) {
    const { rows } = await query(after, PAGE_ROWS);
    yield* readableRows(rows, parse, source);
    if (rows.length < PAGE_ROWS) return;
    const last = PositionedRow.parse(rows.at(-1));
    after = { moment: last.position_moment, id: last.position_id };
  }
}
