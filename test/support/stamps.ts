import { EventId } from '../../functions/contracts/ids.ts';
import type { EventStamp } from '../../functions/contracts/new-event.ts';

/** The time of every stamp. */
export const STAMPED_AT = new Date('2026-01-01T12:00:00.000Z');

/** The stamp of this number, counted from 1. It is always the same. */
export const someStamp = (number: number): EventStamp => ({
  id: EventId.parse(`00000000-0000-7000-8000-${String(number).padStart(12, '0')}`),
  at: STAMPED_AT,
});

/** A source of the stamps 1, 2, 3 and so on. */
export const stampsInOrder = (): (() => EventStamp) => {
  let given = 0;
  return () => {
    given += 1;
    return someStamp(given);
  };
};
