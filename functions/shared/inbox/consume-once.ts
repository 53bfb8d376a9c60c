import type { SagaEvent } from '../../contracts/events.ts';
import type { Queryable } from '../database/pool.ts';

/**
 * Marks event `$1` of type `$2` as consumed; inserts nothing if it was consumed before. For use within a larger
 * statement that needs only one round trip to the database.
 */
export const CONSUME =
  'INSERT INTO inbox (event_id, event_type) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING';

/**
 * Marks an event as consumed, in the transaction of its effect. Returns false if it was consumed before: then the
 * effect already exists, and the caller does nothing.
 */
export const consumeOnce = async (tx: Queryable, event: Pick<SagaEvent, 'id' | 'type'>): Promise<boolean> => {
  const { rowCount } = await tx.query(CONSUME, [event.id, event.type]);
  return rowCount === 1;
};
