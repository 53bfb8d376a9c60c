import { createInboxHandler } from '../shared/inbox/inbox-handler.ts';
import { discardArtifact, followUpload, registerArchive } from './core/follow-saga.ts';
import { buildServices } from './services.ts';

/** Applies the saga's events to the artifacts. */
export const handler = createInboxHandler({
  build: buildServices,
  consumers: {
    VIDEO_CREATED: followUpload,
    UPLOAD_EXPIRED: followUpload,
    UPLOAD_REFUSED: followUpload,
    FILE_UPLOADED: followUpload,
    FILE_PROCESSED: registerArchive,
    DISCARD_FILE: discardArtifact,
  },
});
