import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { eventFields, logger } from '../shared/logging/logger.ts';
import { buryAttempt } from './core/bury-attempt.ts';
import { discardFile } from './core/discard-file.ts';
import { buildDiscardServices } from './services.ts';

/**
 * What the inboxes of the extraction gave up: an attempt fails, a discard is tried again. What cannot be read stays in
 * its queue for the operator; its saga ends by its deadline.
 */
export const handler = createInboxHandler({
  build: buildDiscardServices,
  consumers: {
    PROCESS_FILE: async (event, services) => {
      const failed = await buryAttempt(event, services);
      logger.warn('Dead letter', { ...eventFields(event), attempt: event.payload.attempt, failed });
    },
    DISCARD_FILE: (event, services) => discardFile(event, services),
  },
});
