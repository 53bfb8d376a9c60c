import { v7 as uuidV7 } from 'uuid';
import { EventId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';

/** Creates an event id: UUID v7, so that ids sort by creation time. */
export const newEventId = (): EventId => EventId.parse(uuidV7());

/** Returns a function that creates stamps with new ids and the time of `now`. */
export const eventStamps = (now: () => Date) => (): EventStamp => ({ id: newEventId(), at: now() });
