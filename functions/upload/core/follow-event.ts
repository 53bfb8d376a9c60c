import { removeVideo } from './delete-video.ts';
import type { UploadServices } from './ports.ts';
import { changeOf, type FollowedEvent } from './saga-changes.ts';

/** Shows an event of the saga in the video's status and timeline, or removes the video where the event says so. */
export const followEvent = async (
  event: FollowedEvent,
  services: Pick<UploadServices, 'lifecycle' | 'sources'>,
): Promise<void> => {
  const change = changeOf(event);
  if (change) await services.lifecycle.follow(event, change);
  else if (event.type === 'DISCARD_FILE') await removeVideo(event, services);
};
