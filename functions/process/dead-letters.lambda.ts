import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { eventFields, logger } from '../shared/logging/logger.ts';
import { buryAttempt } from './core/bury-attempt.ts';
import { discardFile } from './core/discard-file.ts';
import { buildDiscardServices } from './job-services.ts';

/**
 * Consumes the dead letters of both inboxes of this context: an attempt fails, a discard is tried again. A message that
 * cannot be read stays in its queue for the operator.
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
