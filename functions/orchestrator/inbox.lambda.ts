import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { CONSUMERS } from './consumers.ts';
import { buildServices } from './services.ts';

/** Reacts to the facts of every saga. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: CONSUMERS,
});
