import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VideoStatus } from '../../functions/contracts/http.ts';
import { clip } from '../../test/support/clips.ts';
import type { PlannedUpload } from './plan.ts';
import type { LoadUser } from './user.ts';

const POLL_MS = 1_000;

/** What a client knows of one upload. */
export interface Upload extends PlannedUpload {
  readonly user: LoadUser;
  /** Unknown where the video could not even be declared. */
  videoId?: string;
  /** The object's key, as the form names it. */
  storageKey?: string;
  /** When S3 had answered 204: milliseconds since 1970. Undefined of an abandoned one. */
  uploadedAt?: number;
  /** Why the client gave up. */
  problem?: string;
}

export interface Uploading {
  readonly users: readonly LoadUser[];
  readonly plan: readonly PlannedUpload[];
  /** Seconds that a user waits for a video before it goes on with the next one. */
  readonly patienceSeconds: number;
  /** Called once S3 has accepted a source. */
  readonly onUploaded: (upload: Upload) => void;
}

/** Every user uploads one video after the other, until all planned ones are under way and waited for. */
export const runUploads = async ({
  users,
  plan,
  patienceSeconds,
  onUploaded,
}: Uploading): Promise<Upload[]> => {
  const waiting = [...plan];
  const uploads: Upload[] = [];
  const work = async (user: LoadUser): Promise<void> => {
    for (let planned = waiting.shift(); planned !== undefined; planned = waiting.shift()) {
      const upload: Upload = { ...planned, user };
      uploads.push(upload);
      try {
        await uploadOne(upload);
        if (upload.uploadedAt === undefined) continue;
        onUploaded(upload);
        await waitForEnd(upload, patienceSeconds);
      } catch (error) {
        upload.problem = String(error);
      }
    }
  };
  await Promise.all(users.map(work));
  return uploads;
};

const uploadOne = async (upload: Upload): Promise<void> => {
  const path = await clip(upload.clip);
  const video = await upload.user.create(path, upload.clip, randomUUID());
  upload.videoId = video.id;
  upload.storageKey = video.upload.fields.key ?? '';
  if (upload.kind === 'abandoned') return;
  await upload.user.upload(video, path);
  upload.uploadedAt = Date.now();
};

const OVER: readonly VideoStatus[] = ['READY', 'FAILED', 'EXPIRED'];

/** Watches the video as its user would, for no longer than its patience lasts. */
const waitForEnd = async ({ user, videoId = '' }: Upload, patienceSeconds: number): Promise<void> => {
  const deadline = Date.now() + patienceSeconds * 1000;
  while (Date.now() < deadline) {
    if (OVER.includes((await user.video(videoId)).status)) return;
    await sleep(POLL_MS);
  }
};
