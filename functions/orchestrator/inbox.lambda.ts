import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { handleEvent } from './core/orchestrate.ts';
import { buildServices } from './services.ts';

/** Reacts to the facts of every saga. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: {
    FILE_UPLOADED: handleEvent,
    EXTRACTION_STARTED: handleEvent,
    FILE_PROCESSED: handleEvent,
    FILE_AVAILABLE: handleEvent,
    FILE_FAILED: handleEvent,
    FILE_DELETED: handleEvent,
  },
});
