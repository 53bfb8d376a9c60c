import type { DiscardFile } from '../../contracts/events.ts';
import { decideDiscard } from './decide-discard.ts';
import type { OutputRemoval } from './ports.ts';
import type { ProcessServices } from './process-services.ts';

/**
 * DISCARD_FILE: fences off every run of the video, then removes frames and ZIP. The job of a deleted video becomes a
 * tombstone that stops a late PROCESS_FILE. Every step may be repeated, so the message's next delivery repairs a crash
 * in between.
 */
export const discardFile = async (
  event: DiscardFile,
  { jobs, store, progress }: Pick<ProcessServices, 'jobs' | 'progress'> & { store: OutputRemoval },
): Promise<void> => {
  await jobs.changeOrCreate(event.sagaId, (job, now) => decideDiscard(job, event, now));
  await store.discardOutput({ userId: event.userId, videoId: event.sagaId });
  await progress.clear(event.sagaId);
  await jobs.recordDiscarded(event);
};
