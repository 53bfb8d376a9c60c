import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { followDiscard, followEvent } from './core/follow-event.ts';
import { buildServices } from './services.ts';

/** Applies the saga's events to the videos that users see. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: {
    PROCESS_FILE: followEvent,
    EXTRACTION_STARTED: followEvent,
    FILE_PROCESSED: followEvent,
    FILE_FAILED: followEvent,
    FILE_AVAILABLE: followEvent,
    DISCARD_FILE: followDiscard,
  },
});
