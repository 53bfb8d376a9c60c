import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { announceArtifact, discardArtifact, registerArchive } from './core/follow-saga.ts';
import { buildServices } from './services.ts';

/** Follows the saga: what is to be downloaded, what can be, what cannot any more. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: {
    FILE_UPLOADED: announceArtifact,
    FILE_PROCESSED: registerArchive,
    DISCARD_FILE: discardArtifact,
  },
});
