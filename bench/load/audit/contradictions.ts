import type { Upload } from '../uploads.ts';
import type { Stored } from './rows.ts';

/** The expected saga status for READY and FAILED videos. */
const SAGA_STATUS: Readonly<Record<string, string>> = { READY: 'COMPLETED', FAILED: 'FAILED' };

/** One line per contradiction between stores, or between a store and the uploaded file. */
export const contradictions = (uploads: readonly Upload[], { videos, sagas }: Stored): string[] => {
  const sagaOf = new Map<string, string>(sagas.map(({ sagaId, state }) => [sagaId, state.status]));
  const uploadOf = new Map(uploads.map((upload) => [upload.videoId, upload]));
  return videos.flatMap(({ id, status }) => {
    const saga = sagaOf.get(id);
    const upload = uploadOf.get(id);
    const found: string[] = [];
    // A source that was refused after its upload has no saga.
    if (saga !== undefined && SAGA_STATUS[status] !== undefined && SAGA_STATUS[status] !== saga) {
      found.push(`video ${id} is ${status}, its saga ${saga}`);
    }
    if (upload?.kind === 'corrupt' && status === 'READY')
      found.push(`${upload.clip} is damaged, but ${id} READY`);
    if (upload?.uploadedAt !== undefined && status === 'EXPIRED')
      found.push(`${id} was uploaded, but EXPIRED`);
    return found;
  });
};
