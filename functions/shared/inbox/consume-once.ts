import type { SagaEvent } from '../../contracts/events.ts';
import type { Queryable } from '../database/pool.ts';

/**
 * Marks an event as consumed, in the transaction of its effect. False where it was consumed before: the caller
 * then does nothing, since the effect is already there.
 */
export const consumeOnce = async (tx: Queryable, event: Pick<SagaEvent, 'id' | 'type'>): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'INSERT INTO inbox (event_id, event_type) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING',
    [event.id, event.type],
  );
  return rowCount === 1;
};
