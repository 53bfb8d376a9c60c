import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyPrivately } from '../../../engine/ffmpeg-cli/private-copy.ts';
import { BlockCache } from '../../../engine/libav/block-cache.ts';
import type { ProcessFile } from '../../../functions/contracts/events.ts';
import { UserId, VideoId } from '../../../functions/contracts/ids.ts';
import type { Manifest } from '../../../functions/contracts/manifest.ts';
import {
  type RunObjects,
  sourceKey,
  type VideoObjects,
  zipKey,
} from '../../../functions/contracts/storage-keys.ts';
import { startDeadline } from '../../../functions/process/adapters/deadline.ts';
import { uploadInParts } from '../../../functions/process/adapters/s3/multipart-upload.ts';
import { S3FrameStore } from '../../../functions/process/adapters/s3/s3-frame-store.ts';
import type { FrameOutput, HashedVideoSource } from '../../../functions/process/core/ports.ts';
import { processFile } from '../../../functions/process/core/process-file.ts';
import { someEvent, someOrigin, someSource } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { extractorPids, libavEngine, withPrivateTemp } from '../../support/extraction.ts';
import { failureOf, fakeEngine, fakeServices, someFrame, someRunId, startOf } from '../../support/process.ts';
import { type ProcessContextUnderTest, startProcessContext } from '../../support/process-context.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { sha256 } from '../../support/zip.ts';

const MEBIBYTE = 1024 * 1024;
/** More than the sockets between S3 and the reader hold. */
const SOURCE_BYTES = 40 * MEBIBYTE;
const TIME_IS_UP = new Error('time is up');

/** Long enough that a busy machine does not look like a silent connection. */
const SILENCE_MILLISECONDS = 1000;

let context: ProcessContextUnderTest;
let proxy: TcpProxy;
let s3: S3Client;
let store: S3FrameStore;
let deadline: AbortController;
/** Called before a command is sent, with its name. */
let before: (command: string) => void = () => undefined;
/** Names of the commands that S3 carried out, in order. */
let accepted: string[] = [];
/** Commands without an answer so far; each holds its body in memory. */
let pending = 0;
let sourceEvent: ProcessFile;
let sourceHash: string;

beforeAll(async () => {
  context = await startProcessContext();
  const origin = someOrigin();
  const storageKey = sourceKey({ userId: origin.userId, videoId: origin.sagaId }, 'mp4');
  const content = randomBytes(SOURCE_BYTES);
  sourceHash = sha256(content);
  await uploadInParts(Readable.from([content]), {
    ...{ s3: context.s3, bucket: context.bucket, key: storageKey, contentType: 'video/mp4' },
    ...{ signal: new AbortController().signal, cleanupMilliseconds: 1000 },
  });
  const { ETag: etag = '' } = await context.s3.send(
    new HeadObjectCommand({ Bucket: context.bucket, Key: storageKey }),
  );
  const source = someSource({ fileName: 'a.mp4', storageKey, etag, sizeBytes: content.length });
  sourceEvent = someEvent('PROCESS_FILE', { attempt: 1, target: 'lambda', source }, origin);
});
beforeEach(async () => {
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL_S3 ?? '');
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  s3 = new S3Client({ forcePathStyle: true, endpoint: `http://127.0.0.1:${proxy.port}` });
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        before(commandName);
        pending += 1;
        try {
          const answer = await next(args);
          accepted.push(commandName);
          return answer;
        } finally {
          pending -= 1;
        }
      },
    { step: 'initialize' },
  );
  store = new S3FrameStore(s3, context.bucket, {
    silenceMilliseconds: SILENCE_MILLISECONDS,
    cleanupMilliseconds: 400,
  });
  deadline = new AbortController();
  before = () => undefined;
  accepted = [];
  pending = 0;
});
afterEach(() => proxy.close());
afterAll(() => context.close());

const someVideo = (): RunObjects => ({
  runId: someRunId(1),
  userId: UserId.parse(randomUUID()),
  videoId: VideoId.parse(randomUUID()),
});
const freeze = () => proxy.takeAway('frozen');
const passDeadline = () => deadline.abort(TIME_IS_UP);
/** S3 falls silent when this command is about to be sent, and the time is up a moment later. */
const silentFrom = (command: string) => {
  before = (name) => {
    if (name !== command) return;
    freeze();
    setTimeout(passDeadline, 50);
  };
};
const acceptedOf = (command: string) => accepted.filter((name) => name === command).length;
/** Adds `count` frames of 3 MiB each. */
const addFrames = async (output: FrameOutput, count: number) => {
  for (let index = 0; index < count; index += 1) await output.add(`${index}.jpg`, randomBytes(3 * MEBIBYTE));
};
const manifestOf = ({ videoId }: VideoObjects): Manifest => ({
  version: 1,
  videoId,
  source: {
    ...{ fileName: 'a.mp4', sizeBytes: 1, sha256: 'a', container: 'mp4', codec: 'h264' },
    ...{ durationSeconds: 1, width: 1, height: 1 },
  },
  ...{ intervalSeconds: 10, engine: 'test', framesExpected: 0, framesDelivered: 0, frames: [] },
});
const isVisible = (key: string): Promise<boolean> =>
  context.read(key).then(
    () => true,
    () => false,
  );

describe('An output, where S3 falls silent, ends with the attempt’s time', () => {
  it.each(['PutObjectCommand', 'CreateMultipartUploadCommand', 'UploadPartCommand'])(
    'while frames are added, from a %s on',
    async (command) => {
      const output = store.begin(someVideo(), deadline.signal);
      silentFrom(command);
      await expect(addFrames(output, 20)).rejects.toBe(TIME_IS_UP);
      await output.abort();
    },
  );

  it.each(['PutObjectCommand', 'UploadPartCommand', 'CompleteMultipartUploadCommand'])(
    'while it is published, from a %s on',
    async (command) => {
      const video = someVideo();
      const output = store.begin(video, deadline.signal);
      await addFrames(output, 3);
      await eventually('the frames in S3', () => (acceptedOf('PutObjectCommand') === 3 ? true : undefined));
      silentFrom(command);
      await expect(output.publish(manifestOf(video))).rejects.toBe(TIME_IS_UP);
      await output.abort();
    },
  );
});

describe('An output that is aborted', () => {
  it('ends although S3 is silent', async () => {
    const output = store.begin(someVideo(), deadline.signal);
    await addFrames(output, 3);
    await eventually('a part under way', () =>
      acceptedOf('CreateMultipartUploadCommand') > 0 ? true : undefined,
    );
    freeze();
    await output.abort();
  });

  it('removes the parts where S3 answers, also after the time is up', async () => {
    const video = someVideo();
    const output = store.begin(video, deadline.signal);
    await addFrames(output, 3);
    await eventually('a part in S3', () => (acceptedOf('UploadPartCommand') > 0 ? true : undefined));
    passDeadline();
    await output.abort();
    expect(acceptedOf('AbortMultipartUploadCommand')).toBe(1);
    expect(acceptedOf('CompleteMultipartUploadCommand')).toBe(0);
    expect(await isVisible(zipKey(video))).toBe(false);
  });

  it('removes an upload whose creation S3 had not answered yet', async () => {
    const output = store.begin(someVideo(), deadline.signal);
    silentFrom('CreateMultipartUploadCommand');
    await expect(addFrames(output, 20)).rejects.toBe(TIME_IS_UP);
    const aborted = output.abort();
    proxy.bringBack();
    await aborted;
    expect(acceptedOf('CreateMultipartUploadCommand')).toBe(1);
    expect(acceptedOf('AbortMultipartUploadCommand')).toBe(1);
  });

  it('leaves no request under way', async () => {
    const output = store.begin(someVideo(), deadline.signal);
    silentFrom('UploadPartCommand');
    await expect(addFrames(output, 20)).rejects.toBe(TIME_IS_UP);
    await output.abort();
    await eventually('the end of every request', () => (pending === 0 ? true : undefined));
  });
});

describe('A source whose S3 falls silent', () => {
  const open = (): HashedVideoSource => store.openSource(sourceEvent);
  const whole = { offset: 0, length: SOURCE_BYTES };
  /** Reads to the end; calls `afterFirst` after the first chunk. */
  const readAll = async (afterFirst: () => void) => {
    let sizeBytes = 0;
    for await (const chunk of open().stream(deadline.signal)) {
      if (sizeBytes === 0) afterFirst();
      sizeBytes += chunk.byteLength;
    }
    return sizeBytes;
  };

  it('ends a range read with the attempt’s time', async () => {
    freeze();
    const read = open().read(whole, deadline.signal);
    passDeadline();
    await expect(read).rejects.toBe(TIME_IS_UP);
  });

  it('ends a stream with the attempt’s time', async () => {
    const stream = readAll(() => {
      freeze();
      passDeadline();
    });
    await expect(stream).rejects.toBe(TIME_IS_UP);
  });

  it('reads a range again on another connection, where headers or body stay away', async () => {
    const cache = new BlockCache(open(), deadline.signal);
    await cache.read(0, 10);
    // The connection is kept for the next request, which then gets no answer.
    proxy.silence();
    expect(await cache.read(MEBIBYTE, 10)).toHaveLength(10);
    expect(cache.requests).toBe(3);
  });

  it('fails a range read when no connection brings anything', async () => {
    freeze();
    const cache = new BlockCache(open(), deadline.signal);
    await expect(cache.read(0, 10)).rejects.toMatchObject({ name: 'SilentConnectionError' });
    expect(cache.requests).toBe(4);
  });

  it('continues a stream where it stopped, and hashes every byte once', async () => {
    const source = open();
    let sizeBytes = 0;
    for await (const chunk of source.stream(deadline.signal)) {
      if (sizeBytes === 0) proxy.silence();
      sizeBytes += chunk.byteLength;
    }
    expect(sizeBytes).toBe(SOURCE_BYTES);
    expect(await source.sha256(deadline.signal)).toBe(sourceHash);
    expect(proxy.connections).toBeGreaterThan(1);
  });

  it('fails a stream when no connection brings anything', async () => {
    await expect(readAll(freeze)).rejects.toMatchObject({ name: 'SilentConnectionError' });
  });

  it('waits for a reader that takes its time', async () => {
    let sizeBytes = 0;
    for await (const chunk of open().stream(deadline.signal)) {
      if (sizeBytes === 0) await new Promise((resolve) => setTimeout(resolve, 3 * SILENCE_MILLISECONDS));
      sizeBytes += chunk.byteLength;
    }
    expect(sizeBytes).toBe(SOURCE_BYTES);
    expect(proxy.connections).toBe(1);
  });

  it('ends the private copy for the command line with the attempt’s time, and leaves no file', async () => {
    await withPrivateTemp(async (temp) => {
      const source = open();
      const silent: HashedVideoSource = {
        ...{ name: 'a.mp4', etag: source.etag, sizeBytes: source.sizeBytes },
        read: (range, signal) => source.read(range, signal),
        sha256: (signal) => source.sha256(signal),
        stream: async function* (signal) {
          for await (const chunk of source.stream(signal)) {
            yield chunk;
            freeze();
            passDeadline();
          }
        },
      };
      await expect(copyPrivately(silent, deadline.signal)).rejects.toBe(TIME_IS_UP);
      expect(await readdir(temp)).toEqual([]);
    });
  });

  it('ends an extraction and its children with the attempt’s time', async () => {
    freeze();
    const opening = libavEngine().open({
      ...{ source: open(), intervalSeconds: 10, maxFrames: 10, signal: deadline.signal },
    });
    passDeadline();
    await expect(opening).rejects.toBe(TIME_IS_UP);
    expect(await extractorPids()).toEqual([]);
  });
});

describe('An attempt whose S3 falls silent while the ZIP is sent', () => {
  it('fails when its time is up, and its lease is no longer renewed', async () => {
    const frames = Array.from({ length: 20 }, (_, index) => ({
      ...someFrame(index),
      jpeg: randomBytes(3 * MEBIBYTE),
    }));
    const { services, jobs, renewals, progress } = fakeServices(fakeEngine(frames));
    before = (command) => {
      if (command === 'UploadPartCommand') freeze();
    };
    await processFile(sourceEvent, { ...services, store, startDeadline }, { budgetSeconds: 1 });
    expect(jobs.events).toEqual([startOf(sourceEvent), failureOf(sourceEvent, 'PROCESSING_TIMEOUT', 2)]);
    expect(renewals.size).toBe(0);
    expect(progress.at(-1)).toBe('cleared');
  });
});
