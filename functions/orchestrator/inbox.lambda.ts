import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { CONSUMERS } from './consumers.ts';
import { buildServices } from './services.ts';

/** Handles the facts of all sagas. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: CONSUMERS,
});
