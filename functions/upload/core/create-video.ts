import type { CreatedVideo, CreateVideoRequest } from '../../contracts/http/videos.ts';
import type { CorrelationId, UserId } from '../../contracts/ids.ts';
import { UPLOAD_URL_SECONDS } from '../../contracts/limits.ts';
import { sourceKey } from '../../contracts/storage-keys.ts';
import { admitFile } from './admit-file.ts';
import { decideCreation } from './decide.ts';
import { IdempotencyKeyReusedError } from './errors.ts';
import type { Hints, UploadServices, VideoRepository } from './ports.ts';
import { describeVideo, type NewVideo, type StoredVideo } from './video.ts';

/** Lifetime of the owner hint for the download context: longer than the delivery of VIDEO_CREATED takes. */
const OWNER_SECONDS = UPLOAD_URL_SECONDS + 3600;

/** The user and the request. */
export interface CreateVideoInput {
  userId: UserId;
  request: CreateVideoRequest;
  idempotencyKey: string | undefined;
  correlationId: CorrelationId;
}

interface Services extends Pick<UploadServices, 'forms' | 'newVideoId' | 'now' | 'stamp'> {
  videos: Pick<VideoRepository, 'create' | 'renewForm'>;
  hints: Pick<Hints, 'rememberOwner'>;
}

/**
 * Stores the video and returns its upload form. The same request with the same idempotency key returns the same video:
 * with a new form while the source is awaited, otherwise with a form that expires no later than the last one.
 *
 * The owner hint is written to Redis before anything is stored. Redis also delivers the video's events, so while it is
 * unavailable, requests are refused and nothing is stored.
 *
 * @throws UnsupportedExtensionError, FileTooLargeError, ValidationFailedError, IdempotencyKeyReusedError,
 *   UnavailableError
 */
export const createVideo = async (input: CreateVideoInput, services: Services): Promise<CreatedVideo> => {
  const wanted = newVideo(input, services);
  await services.hints.rememberOwner(wanted.id, wanted.userId, OWNER_SECONDS);
  const { video, created } = await services.videos.create(wanted, UPLOAD_URL_SECONDS, (stored) =>
    decideCreation(stored, services.stamp()),
  );
  if (created) return withForm(video, UPLOAD_URL_SECONDS, services);
  if (!isSameRequest(video, wanted)) throw new IdempotencyKeyReusedError();
  const renewed = await services.videos.renewForm(video.id, UPLOAD_URL_SECONDS);
  return renewed
    ? withForm(renewed, UPLOAD_URL_SECONDS, services)
    : withForm(video, secondsUntil(video.formExpiresAt, services.now()), services);
};

const newVideo = (
  { userId, request, idempotencyKey, correlationId }: CreateVideoInput,
  { newVideoId }: Services,
): NewVideo => {
  const { fileName, extension, contentType } = admitFile(request);
  const id = newVideoId();
  return {
    id,
    userId,
    fileName,
    declaredBytes: request.sizeBytes,
    contentType,
    intervalSeconds: request.intervalSeconds,
    storageKey: sourceKey({ userId, videoId: id }, extension),
    correlationId,
    idempotencyKey,
  };
};

const isSameRequest = (video: StoredVideo, wanted: NewVideo): boolean =>
  video.fileName === wanted.fileName &&
  video.declaredBytes === wanted.declaredBytes &&
  video.contentType === wanted.contentType &&
  video.intervalSeconds === wanted.intervalSeconds;

const withForm = async (
  video: StoredVideo,
  lifetimeSeconds: number,
  { forms, now }: Services,
): Promise<CreatedVideo> => {
  const expiresAt = new Date(now().getTime() + lifetimeSeconds * 1000).toISOString();
  const form = await forms.create({
    storageKey: video.storageKey,
    contentType: video.contentType,
    sizeBytes: video.declaredBytes,
    lifetimeSeconds,
  });
  return { ...describeVideo(video), upload: { ...form, expiresAt } };
};

const secondsUntil = (time: Date, now: Date): number =>
  Math.max(0, Math.floor((time.getTime() - now.getTime()) / 1000));
