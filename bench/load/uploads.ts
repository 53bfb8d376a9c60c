import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreatedVideo, VideoStatus } from '../../functions/contracts/http.ts';
import { clip } from '../../test/support/clips.ts';
import type { Moment, PlannedUpload } from './plan.ts';
import { isOver } from './terminal.ts';
import type { LoadUser } from './user.ts';

const POLL_MILLISECONDS = 1_000;
/** While the user waits for a moment that lasts less than a second. */
const ATTENTIVE_POLL_MILLISECONDS = 100;

/** What a client knows of one upload. */
export interface Upload extends PlannedUpload {
  readonly user: LoadUser;
  /** Unknown where the video could not even be declared. */
  videoId?: string;
  /** The object's key, as the form names it. */
  storageKey?: string;
  /** When S3 had answered 204: milliseconds since 1970. Undefined of an abandoned one. */
  uploadedAt?: number;
  /** When S3 had accepted the same bytes with the same form again. */
  repeatedAt?: number;
  /** When its deletion was accepted. */
  deletedAt?: number;
  /** Whether its user saw it after its deletion was accepted. */
  seenAfterDeletion?: boolean;
  /** Why the client gave up. */
  problem?: string;
}

export interface UploadTerms {
  /** Seconds that a user waits for a video before it goes on with the next one. */
  readonly patienceSeconds: number;
  /** Called once S3 has accepted a source. */
  readonly onUploaded: (upload: Upload) => void;
}

export interface Uploading extends UploadTerms {
  readonly users: readonly LoadUser[];
  readonly plan: readonly PlannedUpload[];
}

/** Every user uploads one video after the other, until all planned ones are under way and waited for. */
export const runUploads = async ({ users, plan, ...terms }: Uploading): Promise<Upload[]> => {
  const waiting = [...plan];
  const uploads: Upload[] = [];
  const work = async (user: LoadUser): Promise<void> => {
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift()) {
      const upload: Upload = { ...planned, user };
      uploads.push(upload);
      await carryOut(upload, terms);
    }
  };
  await Promise.all(users.map(work));
  return uploads;
};

/** Uploads one video and does all that is planned for it. Never rejects: what went wrong is the upload's `problem`. */
export const carryOut = async (upload: Upload, terms: UploadTerms): Promise<void> => {
  try {
    const path = await clip(upload.clip);
    const { clip: fileName, intervalSeconds, user } = upload;
    const request = { fileName, ...(intervalSeconds !== undefined && { intervalSeconds }) };
    const video = await user.create(path, request, randomUUID());
    upload.videoId = video.id;
    upload.storageKey = video.upload.fields.key ?? '';
    if (upload.kind === 'abandoned') return await abandon(upload, video.id);
    await user.upload(video, path);
    upload.uploadedAt = Date.now();
    terms.onUploaded(upload);
    await follow(upload, video, path, terms.patienceSeconds);
  } catch (error) {
    upload.problem = String(error);
  }
};

/** Nothing ever happens to a video without a source: of the moments, only a later one is waited for. */
const abandon = async (upload: Upload, videoId: string): Promise<void> => {
  const { deletion } = upload;
  if (deletion === undefined) return;
  if (deletion.when === 'LATER') await sleep(deletion.seconds * 1000);
  await deleteOne(upload, videoId);
};

/**
 * Watches the video as its user would, for no longer than its patience lasts, and acts at the planned moments. What is
 * still planned then is done at once.
 */
const follow = async (
  upload: Upload,
  video: CreatedVideo,
  path: string,
  patienceSeconds: number,
): Promise<void> => {
  const { user, uploadedAt = Date.now() } = upload;
  let { deletion, repetition } = upload;
  for (;;) {
    const elapsedSeconds = (Date.now() - uploadedAt) / 1000;
    const status = upload.deletedAt === undefined ? (await user.video(video.id)).status : undefined;
    const isEnough = elapsedSeconds >= patienceSeconds || upload.deletedAt !== undefined;
    const isDue = (moment: Moment): boolean => isEnough || hasCome(moment, status, elapsedSeconds);
    if (repetition !== undefined && isDue(repetition)) {
      repetition = undefined;
      await user.upload(video, path);
      upload.repeatedAt = Date.now();
    }
    if (deletion !== undefined && isDue(deletion)) {
      deletion = undefined;
      await deleteOne(upload, video.id);
      // The form may be used again after the deletion.
      continue;
    }
    const isDone = deletion === undefined && repetition === undefined;
    if (isEnough || (isDone && isOver(status))) return;
    await sleep(isDone ? POLL_MILLISECONDS : ATTENTIVE_POLL_MILLISECONDS);
  }
};

const hasCome = (moment: Moment, status: VideoStatus | undefined, elapsedSeconds: number): boolean => {
  switch (moment.when) {
    case 'UPLOADED':
      return true;
    case 'PROCESSING':
      return status === 'PROCESSING' || isOver(status);
    case 'OVER':
      return isOver(status);
    case 'LATER':
      return elapsedSeconds >= moment.seconds;
  }
};

const deleteOne = async (upload: Upload, videoId: string): Promise<void> => {
  await upload.user.delete(videoId);
  upload.deletedAt = Date.now();
  upload.seenAfterDeletion = await upload.user.sees(videoId);
};
