import { randomBytes, randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manifestFrame } from '../../../archive/manifest.ts';
import { StoredZip } from '../../../archive/stored-zip.ts';
import { RunId, UserId, VideoId } from '../../../functions/contracts/ids.ts';
import type { Manifest } from '../../../functions/contracts/manifest.ts';
import { type RunObjects, type VideoObjects, zipKey } from '../../../functions/contracts/storage-keys.ts';
import { S3FrameStore } from '../../../functions/process/adapters/s3/s3-frame-store.ts';
import { S3VideoSource } from '../../../functions/process/adapters/s3/s3-video-source.ts';
import { eventually } from '../../support/eventually.ts';
import { someFrame } from '../../support/process.ts';
import { type ProcessContextUnderTest, startProcessContext } from '../../support/process-context.ts';
import { readFramesZip, readZip, sha256 } from '../../support/zip.ts';

const MEBIBYTE = 1024 * 1024;

let context: ProcessContextUnderTest;
let s3: S3Client;
let store: S3FrameStore;
/** Names of the commands that S3 carried out, in order. */
let accepted: string[] = [];

beforeAll(async () => {
  context = await startProcessContext();
  s3 = new S3Client({ forcePathStyle: true });
  // The local endpoint cannot list multipart uploads, so the test counts the commands that S3 has answered.
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const answer = await next(args);
        accepted.push(commandName);
        return answer;
      },
    { step: 'initialize' },
  );
  store = new S3FrameStore(s3, context.bucket);
});
beforeEach(() => {
  accepted = [];
});
afterAll(() => context.close());

const someVideo = (): RunObjects => ({
  runId: RunId.parse(randomUUID()),
  userId: UserId.parse(randomUUID()),
  videoId: VideoId.parse(randomUUID()),
});
const isVisible = async (key: string): Promise<boolean> =>
  context.read(key).then(
    () => true,
    () => false,
  );
const acceptedOf = (command: string): number => accepted.filter((name) => name === command).length;
const manifestOf = (video: VideoObjects, frames: Manifest['frames']): Manifest => ({
  version: 1,
  videoId: video.videoId,
  source: {
    ...{ fileName: 'a.mp4', sizeBytes: 1, sha256: 'a', container: 'mp4', codec: 'h264' },
    ...{ durationSeconds: 1, width: 1, height: 1 },
  },
  ...{ intervalSeconds: 10, engine: 'test', framesExpected: frames.length, framesDelivered: frames.length },
  frames,
});

/** Adds frames that together take several parts. */
const addFrames = async (output: ReturnType<S3FrameStore['begin']>, count: number) => {
  const frames: Manifest['frames'] = [];
  for (let index = 0; index < count; index += 1) {
    const frame = { ...someFrame(index), jpeg: randomBytes(3 * MEBIBYTE) };
    const entry = manifestFrame(frame, sha256(frame.jpeg));
    expect(await output.add(entry.fileName, frame.jpeg)).toBe(entry.sha256);
    frames.push(entry);
  }
  return frames;
};

describe('the output of a video in S3', () => {
  it('shows the ZIP only when it is whole', async () => {
    const video = someVideo();
    const output = store.begin(video, new AbortController().signal);
    const frames = await addFrames(output, 8);
    await eventually('a part in S3', () => (acceptedOf('UploadPartCommand') > 0 ? true : undefined));
    expect(await isVisible(zipKey(video))).toBe(false);
    const manifest = manifestOf(video, frames);
    const published = await output.publish(manifest);
    const zip = await context.read(zipKey(video));
    expect(published).toEqual({ sizeBytes: zip.length, sha256: sha256(zip) });
    expect((await readFramesZip(zip)).manifest).toEqual(manifest);
    expect(acceptedOf('CompleteMultipartUploadCommand')).toBe(1);
  });

  it('leaves neither ZIP nor parts when it is aborted', async () => {
    const video = someVideo();
    const output = store.begin(video, new AbortController().signal);
    await addFrames(output, 8);
    await eventually('a part in S3', () => (acceptedOf('UploadPartCommand') > 0 ? true : undefined));
    await output.abort();
    expect(acceptedOf('CreateMultipartUploadCommand')).toBe(1);
    expect(acceptedOf('AbortMultipartUploadCommand')).toBe(1);
    expect(acceptedOf('CompleteMultipartUploadCommand')).toBe(0);
    expect(await isVisible(zipKey(video))).toBe(false);
    await store.discardOutput(video);
    expect(await context.keysOf(video)).toEqual([]);
  });

  it('shows no ZIP when it is aborted before a first part was full', async () => {
    const video = someVideo();
    const output = store.begin(video, new AbortController().signal);
    await output.add('frame.jpg', randomBytes(1000));
    await output.abort();
    expect(await isVisible(zipKey(video))).toBe(false);
  });

  it('refuses further frames after an upload failed, instead of waiting for ever', async () => {
    const video = someVideo();
    const output = new S3FrameStore(s3, 'no-such-bucket').begin(video, new AbortController().signal);
    const write = async () => {
      for (let index = 0; index < 20; index += 1) await output.add(`${index}.jpg`, randomBytes(3 * MEBIBYTE));
    };
    await expect(write()).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await output.abort();
  });

  it('stops at the deadline', async () => {
    const deadline = new AbortController();
    const output = store.begin(someVideo(), deadline.signal);
    await output.add('0.jpg', randomBytes(10));
    deadline.abort(new Error('time is up'));
    await expect(output.add('1.jpg', randomBytes(10))).rejects.toThrow('time is up');
    await output.abort();
  });

  it('removes thousands of frames', async () => {
    const video = someVideo();
    const output = store.begin(video, new AbortController().signal);
    for (let index = 0; index < 1100; index += 1) await output.add(`${index}.jpg`, Uint8Array.of(1));
    await output.publish(manifestOf(video, []));
    await store.discardOutput(video);
    await store.discardOutput(video);
    expect(await context.keysOf(video)).toEqual([]);
  });
});

describe('StoredZip', () => {
  it('makes the writer wait until a reader reads', async () => {
    const zip = new StoredZip();
    let added = 0;
    const write = async () => {
      for (let index = 0; index < 12; index += 1) {
        await zip.add(`${index}`, randomBytes(2 * MEBIBYTE));
        added += 1;
      }
      zip.end();
    };
    const writing = write();
    await eventually('the writer to fill what may wait', () => (added >= 4 ? true : undefined));
    await new Promise((resolve) => setImmediate(resolve));
    expect(added).toBeLessThan(8);
    const chunks: Buffer[] = [];
    for await (const chunk of zip.content) chunks.push(chunk);
    await writing;
    const content = Buffer.concat(chunks);
    expect(await readZip(content)).toHaveLength(12);
    expect(zip.digest()).toEqual({ sizeBytes: content.length, sha256: sha256(content) });
  });
});

describe('a source in S3', () => {
  it('returns ranges, the whole content and its hash', async () => {
    const { bucket } = context;
    const event = await context.order('short.mp4');
    const { storageKey: key, etag, sizeBytes } = event.payload.source;
    const version = { name: 'a', bucket, key, etag, sizeBytes, silenceMilliseconds: 5_000 };
    const source = new S3VideoSource(s3, version);
    const whole = await context.read(key);
    const { signal } = new AbortController();
    expect(Buffer.from(await source.read({ offset: 5, length: 7 }, signal))).toEqual(whole.subarray(5, 12));
    const end = await source.read({ offset: sizeBytes - 3, length: 100 }, signal);
    expect(Buffer.from(end)).toEqual(whole.subarray(-3));
    // Not streamed before: an engine that reads ranges never streams.
    expect(await source.sha256(signal)).toBe(sha256(whole));
  });
});
