import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreatedVideo, VideoStatus } from '../../functions/contracts/http.ts';
import { clip } from '../../test/support/clips.ts';
import type { Moment, PlannedUpload } from './plan.ts';
import { isOver } from './terminal.ts';
import type { LoadUser } from './user.ts';

const POLL_MILLISECONDS = 1_000;
/** The interval while the user waits for a status that may last less than a second. */
const ATTENTIVE_POLL_MILLISECONDS = 100;

/** An upload as its client sees it. */
export interface Upload extends PlannedUpload {
  readonly user: LoadUser;
  /** Undefined if the video could not be created. */
  videoId?: string;
  /** The object's key in the form. */
  storageKey?: string;
  /** When S3 answered 204: milliseconds since 1970. Undefined for an abandoned upload. */
  uploadedAt?: number;
  /** When S3 accepted the same bytes with the same form again. */
  repeatedAt?: number;
  /** When its deletion was accepted. */
  deletedAt?: number;
  /** Whether its user could still read it after its deletion was accepted. */
  seenAfterDeletion?: boolean;
  /** The reason why the client gave up. */
  problem?: string;
}

export interface UploadTerms {
  /** Seconds that a user waits for a video before it uploads the next one. */
  readonly patienceSeconds: number;
  /** Called after S3 has accepted a source. */
  readonly onUploaded: (upload: Upload) => void;
}

export interface Uploading extends UploadTerms {
  readonly users: readonly LoadUser[];
  readonly plan: readonly PlannedUpload[];
}

/** Each user uploads one video after the other until the whole plan is carried out. */
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

/** Carries out one planned upload. Never rejects: an error becomes the upload's `problem`. */
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

/** Deletes an abandoned video if planned. Its status never changes, so only the moment LATER needs a wait. */
const abandon = async (upload: Upload, videoId: string): Promise<void> => {
  const { deletion } = upload;
  if (deletion === undefined) return;
  if (deletion.when === 'LATER') await sleep(deletion.seconds * 1000);
  await deleteOne(upload, videoId);
};

/**
 * Polls the video as its user and acts at the planned moments. When the user's patience ends, the remaining actions are
 * carried out at once.
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
      // A planned repetition may still follow the deletion.
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
