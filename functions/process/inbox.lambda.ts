import { awaitDatabase } from '../shared/inbox/await-database.ts';
import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { attemptBudget } from './core/budget.ts';
import { discardFile } from './core/discard-file.ts';
import { processFile } from './core/process-file.ts';
import { buildServices } from './services.ts';

/**
 * Extracts the frames of videos that are small enough for a function, and carries out discards. A message that fails
 * here stays hidden for as long as an extraction may take, so both wait in place for an unavailable database.
 */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: {
    PROCESS_FILE: (event, services, invocation) =>
      processFile(event, services, {
        budgetSeconds: attemptBudget(invocation.remainingMilliseconds() / 1000),
      }),
    DISCARD_FILE: (event, services, invocation) =>
      awaitDatabase(() => discardFile(event, services), invocation),
  },
});
