import { DETECTION_BYTES, detectContainer, indexPlace, readMediaClaims } from '../../../engine/pure.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import { parseSourceKey } from '../../contracts/storage-keys.ts';
import { decideAcceptance, decideRefusal } from './decide.ts';
import type { SourceStore, VideoLifecycle, VideoRepository } from './ports.ts';
import type { StoredVideo } from './video.ts';
import { awaitsSource } from './video-status.ts';

/**
 * The result for an object: ACCEPTED (its saga starts), REFUSED (the video failed), REMOVED (it belongs to no video),
 * IGNORED (a duplicate, or not a source), ABSENT (it does not exist).
 */
export type Reception = 'ACCEPTED' | 'REFUSED' | 'REMOVED' | 'IGNORED' | 'ABSENT';

/** The dependencies of `examineSource`. */
export interface ExaminationServices {
  lifecycle: Pick<VideoLifecycle, 'change'>;
  sources: SourceStore;
  stamp(): EventStamp;
}

type ReceptionServices = ExaminationServices & { videos: Pick<VideoRepository, 'find'> };

/**
 * Handles an object that arrived under a key. It does not trust the notification, but reads the object's size and first
 * bytes. Idempotent: repeated calls for one object have one effect.
 */
export const receiveSource = async (storageKey: string, services: ReceptionServices): Promise<Reception> => {
  const owner = parseSourceKey(storageKey);
  if (!owner) return 'IGNORED';
  const video = await services.videos.find(owner.videoId);
  if (video?.storageKey !== storageKey) {
    await services.sources.remove(storageKey);
    return 'REMOVED';
  }
  return examineSource(video, services);
};

/** Checks the source of a video and accepts or refuses it, if it exists and is still awaited. */
export const examineSource = async (
  video: StoredVideo,
  services: ExaminationServices,
): Promise<Reception> => {
  const { lifecycle, sources, stamp } = services;
  if (!awaitsSource(video.status)) return 'IGNORED';
  const object = await sources.head(video.storageKey);
  if (!object) return 'ABSENT';
  if (object.sizeBytes !== video.declaredBytes) return refuse(video, 'SIZE_MISMATCH', services);
  const read = (offset: number) => sources.read(video.storageKey, object.etag, offset, DETECTION_BYTES);
  const start = await read(0);
  const container = detectContainer(start);
  if (!container) return refuse(video, 'UNSUPPORTED_CONTAINER', services);
  const index = indexPlace(start, container);
  const hasIndex = index !== undefined && index < object.sizeBytes;
  const claims = readMediaClaims(hasIndex ? await read(index) : start, container);
  const source = {
    fileName: video.fileName,
    storageKey: video.storageKey,
    etag: object.etag,
    sizeBytes: object.sizeBytes,
    container,
    intervalSeconds: video.intervalSeconds,
    claims,
  };
  const accepted = await lifecycle.change(video.id, (locked) => decideAcceptance(locked, source, stamp()));
  return accepted ? 'ACCEPTED' : 'IGNORED';
};

const refuse = async (
  video: StoredVideo,
  code: FailureCode,
  { lifecycle, stamp }: ExaminationServices,
): Promise<Reception> => {
  const failure = { code, message: FAILURES[code].message };
  const refused = await lifecycle.change(video.id, (locked) => decideRefusal(locked, failure, stamp()));
  return refused ? 'REFUSED' : 'IGNORED';
};
