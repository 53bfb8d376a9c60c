import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { attemptBudget } from './core/budget.ts';
import { discardFile } from './core/discard-file.ts';
import { processFile } from './core/process-file.ts';
import { buildServices } from './services.ts';

/** Extracts the frames of a video that is small enough for a function, and discards what a saga gave up. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: {
    PROCESS_FILE: (event, services, invocation) =>
      processFile(event, services, {
        budgetSeconds: attemptBudget(invocation.remainingMilliseconds() / 1000),
      }),
    DISCARD_FILE: (event, services) => discardFile(event, services),
  },
});
