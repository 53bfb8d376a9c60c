import * as z from 'zod';
import { type RowSource, readableRows } from './readable-rows.ts';

const PAGE_ROWS = 100;

/** The place of a row in the order of `moment`, then `id`. */
export interface RowPosition {
  /** A timestamptz as PostgreSQL writes it: a Date would lose its microseconds. */
  moment: string;
  id: string;
}

const PositionedRow = z.object({ position_moment: z.string(), position_id: z.string() });

/**
 * What the rows of a query say, read a page at a time in the order of a moment and an id. Each page starts behind the
 * last row of the page before, so rows that stay where they are (unreadable, or not handled) do not hide the ones behind
 * them. Rows that this code cannot read are left out as by `readableRows`.
 *
 * @param parse throws where it cannot read a row.
 * @param query selects at most `limit` rows behind `after`, with the columns `position_moment` and `position_id`.
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
