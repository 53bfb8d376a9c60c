import type { SagaEventOf } from '../../contracts/events.ts';
import { decideFollowing } from './decide.ts';
import { type RemovalServices, removeVideo } from './delete-video.ts';
import type { VideoLifecycle } from './ports.ts';
import {
  changeOf,
  changeOfGivingUp,
  type FollowedEvent,
  type ProgressEvent,
  type VideoChange,
} from './saga-changes.ts';

interface Services {
  lifecycle: Pick<VideoLifecycle, 'change'>;
}

/** Applies a saga event to the video's status and timeline. */
export const followEvent = (event: ProgressEvent, services: Services): Promise<void> =>
  apply(event, changeOf(event), services);

/** Applies the failure of the saga, or removes the video if its user deleted it. */
export const followDiscard = (
  event: SagaEventOf<'DISCARD_FILE'>,
  services: Services & RemovalServices,
): Promise<void> =>
  event.payload.reason === 'DELETED'
    ? removeVideo(event, services)
    : apply(event, changeOfGivingUp(event, event.payload), services);

const apply = async (event: FollowedEvent, change: VideoChange, { lifecycle }: Services): Promise<void> => {
  await lifecycle.change(event.sagaId, (video) => decideFollowing(video, event, change), event);
};
