import { v7 as uuidV7 } from 'uuid';
import { EventId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';

/** A new event id: UUID v7, so that ids sort by the time they were made. */
export const newEventId = (): EventId => EventId.parse(uuidV7());

/** Stamps with fresh ids and the time of `now`. */
export const eventStamps = (now: () => Date) => (): EventStamp => ({ id: newEventId(), at: now() });
