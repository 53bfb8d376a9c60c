import { DETECTION_BYTES, detectContainer, indexPlace, readMediaClaims } from '../../../engine/pure.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import { parseSourceKey } from '../../contracts/storage-keys.ts';
import type { SourceStore, VideoLifecycle, VideoRepository } from './ports.ts';
import type { StoredVideo } from './video.ts';
import { awaitsSource } from './video-status.ts';

/**
 * What came of an object: ACCEPTED (its saga starts), REFUSED (the video failed), REMOVED (no video wants it),
 * IGNORED (a duplicate, or no source at all), ABSENT (it is not there).
 */
export type Reception = 'ACCEPTED' | 'REFUSED' | 'REMOVED' | 'IGNORED' | 'ABSENT';

/** What taking in a source needs. */
export interface ExaminationServices {
  lifecycle: Pick<VideoLifecycle, 'accept' | 'refuse'>;
  sources: SourceStore;
}

type ReceptionServices = ExaminationServices & { videos: Pick<VideoRepository, 'find'> };

/**
 * Takes in the object that arrived under a key. What is said of it is not believed: its size and its first bytes
 * are read. Called any number of times for one object, it has one effect.
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

/** Takes in the source of a video, if it is there and still awaited. */
export const examineSource = async (
  video: StoredVideo,
  { lifecycle, sources }: ExaminationServices,
): Promise<Reception> => {
  if (!awaitsSource(video.status)) return 'IGNORED';
  const object = await sources.head(video.storageKey);
  if (!object) return 'ABSENT';
  if (object.sizeBytes !== video.declaredBytes) return refuse(video, 'SIZE_MISMATCH', lifecycle);
  const read = (offset: number) => sources.read(video.storageKey, object.etag, offset, DETECTION_BYTES);
  const start = await read(0);
  const container = detectContainer(start);
  if (!container) return refuse(video, 'UNSUPPORTED_CONTAINER', lifecycle);
  const index = indexPlace(start, container);
  const hasIndex = index !== undefined && index < object.sizeBytes;
  const claims = readMediaClaims(hasIndex ? await read(index) : start, container);
  const accepted = await lifecycle.accept(video, {
    fileName: video.fileName,
    storageKey: video.storageKey,
    etag: object.etag,
    sizeBytes: object.sizeBytes,
    container,
    intervalSeconds: video.intervalSeconds,
    claims,
  });
  return accepted ? 'ACCEPTED' : 'IGNORED';
};

const refuse = async (
  video: StoredVideo,
  code: FailureCode,
  lifecycle: ExaminationServices['lifecycle'],
): Promise<Reception> =>
  (await lifecycle.refuse(video, { code, message: FAILURES[code].message })) ? 'REFUSED' : 'IGNORED';
