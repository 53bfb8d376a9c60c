import * as z from 'zod';

const PAGE_ROWS = 100;

/** The place of a row in the order of `moment`, then `id`. */
export interface RowPosition {
  /** A timestamptz as PostgreSQL writes it: a Date would lose its microseconds. */
  moment: string;
  id: string;
}

const PositionedRow = z.object({ position_moment: z.string(), position_id: z.string() });

/**
 * The rows of a query, a page at a time, in the order of a moment and an id. Each page starts behind the last row of the
 * page before, so rows that stay where they are (unreadable, or not handled) do not hide the ones behind them.
 *
 * @param query selects at most `limit` rows behind `after`, with the columns `position_moment` and `position_id`.
 */
export async function* readPages(
  query: (after: RowPosition | undefined, limit: number) => Promise<{ rows: unknown[] }>,
): AsyncGenerator<unknown[]> {
  for (let after: RowPosition | undefined; ; ) {
    const { rows } = await query(after, PAGE_ROWS);
    yield rows;
    if (rows.length < PAGE_ROWS) return;
    const last = PositionedRow.parse(rows.at(-1));
    after = { moment: last.position_moment, id: last.position_id };
  }
}
