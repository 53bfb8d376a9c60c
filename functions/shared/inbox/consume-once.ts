import type { SagaEvent } from '../../contracts/events.ts';
import type { Queryable } from '../database/pool.ts';

/**
 * Marks event `$1` of type `$2` as consumed; inserts nothing where it was consumed before. For a statement that does more
 * than this in one round trip to the database.
 */
export const CONSUME =
  'INSERT INTO inbox (event_id, event_type) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING';

/**
 * Marks an event as consumed, in the transaction of its effect. False where it was consumed before: the caller
 * then does nothing, since the effect is already there.
 */
export const consumeOnce = async (tx: Queryable, event: Pick<SagaEvent, 'id' | 'type'>): Promise<boolean> => {
  const { rowCount } = await tx.query(CONSUME, [event.id, event.type]);
  return rowCount === 1;
};
