import type { DiscardFile } from '../../contracts/events.ts';
import type { ProcessServices } from './process-services.ts';

/**
 * DISCARD_FILE: fences off every run of the video, then removes frames and ZIP; of a deleted video the job too,
 * save for a tombstone that stops a late PROCESS_FILE. Every step may be repeated, so a crash in between is
 * repaired by the message's next delivery.
 */
export const discardFile = async (
  event: DiscardFile,
  services: Pick<ProcessServices, 'jobs' | 'store' | 'progress'>,
): Promise<void> => {
  await services.jobs.markDiscarded(event);
  await services.store.discardOutput({ userId: event.userId, videoId: event.sagaId });
  await services.progress.clear(event.sagaId);
  await services.jobs.recordDiscarded(event);
};
