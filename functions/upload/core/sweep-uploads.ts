import type { VideoLifecycle } from './ports.ts';
import { type ExaminationServices, examineSource } from './receive-source.ts';

/** An upload that began just before the form's end is given this many seconds more before we look for it. */
const GRACE_SECONDS = 60;
/** An upload that began just before the form's end has ended by then, one way or the other. */
const TOMBSTONE_GRACE_SECONDS = 3600;
const BATCH = 100;

type Services = ExaminationServices & {
  lifecycle: Pick<VideoLifecycle, 'overdue' | 'expire' | 'settledTombstones' | 'forgetTombstone'>;
};

/** What one sweep did. */
export interface UploadSweepResult {
  received: number;
  expired: number;
  tombstonesCleared: number;
}

/**
 * Looks for the sources of videos whose form has expired: what S3's event did not tell of is taken in now, what
 * never came expires. Then removes what was uploaded for videos deleted meanwhile. One bad video stops no other.
 */
export const sweepUploads = async (
  services: Services,
  onError: (videoId: string, error: unknown) => void,
): Promise<UploadSweepResult> => {
  const { lifecycle, sources } = services;
  const result = { received: 0, expired: 0, tombstonesCleared: 0 };
  for (const video of await lifecycle.overdue(GRACE_SECONDS, BATCH)) {
    try {
      const reception = await examineSource(video, services);
      if (reception === 'ACCEPTED' || reception === 'REFUSED') result.received += 1;
      if (reception === 'ABSENT' && (await lifecycle.expire(video.id))) result.expired += 1;
    } catch (error) {
      onError(video.id, error);
    }
  }
  for (const { videoId, storageKey } of await lifecycle.settledTombstones(TOMBSTONE_GRACE_SECONDS, BATCH)) {
    try {
      await sources.remove(storageKey);
      await lifecycle.forgetTombstone(videoId);
      result.tombstonesCleared += 1;
    } catch (error) {
      onError(videoId, error);
    }
  }
  return result;
};
