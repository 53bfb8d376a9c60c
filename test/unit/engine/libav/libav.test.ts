import { describe, expect, it } from 'vitest';
import { findMediaData } from '../../../../engine/containers/media-data.ts';
import { BlockCache } from '../../../../engine/libav/block-cache.ts';
import { mergeSpans } from '../../../../engine/libav/merge-spans.ts';
import { MessageReader } from '../../../../engine/libav/message-reader.ts';
import {
  decodeFrame,
  decodePlan,
  encodeFrame,
  encodeHead,
  encodePlan,
  KIND,
} from '../../../../engine/libav/protocol.ts';
import type { ByteRange } from '../../../../engine/video.ts';
import { memorySource } from '../../../support/fuzzing.ts';
import { media } from '../../../support/media.ts';

const KIBIBYTE = 1024;
const numbered = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251));
const cacheOf = (bytes: Buffer) => {
  const reads: string[] = [];
  const source = memorySource(bytes);
  const counted = {
    ...source,
    read: async (range: ByteRange, signal: AbortSignal) => {
      reads.push(`${range.offset}+${range.length}`);
      return source.read(range, signal);
    },
  };
  return { cache: new BlockCache(counted, new AbortController().signal), reads };
};

describe('BlockCache', () => {
  it('returns the requested bytes, fetches them once, and returns fewer only at the end', async () => {
    const bytes = numbered(100 * KIBIBYTE);
    const { cache, reads } = cacheOf(bytes);
    expect(await cache.read(15_000, 40_000)).toEqual(bytes.subarray(15_000, 55_000));
    expect(await cache.read(20_000, 1000)).toEqual(bytes.subarray(20_000, 21_000));
    expect(await cache.read(bytes.length - 10, 50)).toEqual(bytes.subarray(-10));
    expect(await cache.read(bytes.length, 50)).toHaveLength(0);
    expect(reads).toEqual(['0+65536', '98304+4096']);
    expect(cache).toMatchObject({ requests: 2, bytesRead: 65_536 + 4096 });
  });

  it('fetches a long span by several requests at once', async () => {
    const { cache, reads } = cacheOf(numbered(3 * KIBIBYTE * KIBIBYTE));
    cache.prefetch({ start: 0, end: 3 * KIBIBYTE * KIBIBYTE });
    await cache.read(3 * KIBIBYTE * KIBIBYTE - 1, 1);
    expect(reads).toHaveLength(3);
  });

  it('gives a reader the cached bytes first and fetches growing spans for sequential reads', async () => {
    const { cache, reads } = cacheOf(numbered(1000 * KIBIBYTE));
    const read = cache.reader();
    await cache.read(0, 10);
    expect(await read(0, 32 * KIBIBYTE)).toHaveLength(16 * KIBIBYTE);
    for (let offset = 16 * KIBIBYTE; offset < 240 * KIBIBYTE; ) {
      offset += (await read(offset, 32 * KIBIBYTE)).length;
    }
    expect(reads).toEqual(['0+16384', '16384+32768', '49152+65536', '114688+131072']);
  });

  it('keeps no more than its capacity', async () => {
    const { cache } = cacheOf(Buffer.alloc(40 * KIBIBYTE * KIBIBYTE));
    for (let offset = 0; offset < 40 * KIBIBYTE * KIBIBYTE; offset += KIBIBYTE * KIBIBYTE) {
      await cache.read(offset, KIBIBYTE * KIBIBYTE);
    }
    const { requests } = cache;
    await cache.read(0, 10);
    expect(cache.requests).toBe(requests + 1);
  });
});

describe('findMediaData', () => {
  it('finds the span of the samples in a plain file', async () => {
    const file = Buffer.concat([media.ftyp('isom'), media.box('mdat', Buffer.alloc(100)), media.box('moov')]);
    const start = media.ftyp('isom').length + 8;
    expect(await findMediaData(cacheOf(file).cache)).toEqual([{ start, end: start + 100 }]);
  });

  it.each([
    ['in fragments', [media.box('moov'), media.box('moof'), media.box('mdat', 'x')]],
    ['without valid boxes', [Buffer.alloc(64, 1)]],
  ])('finds no span in a file %s', async (_, boxes) => {
    const file = Buffer.concat([media.ftyp('isom'), ...boxes]);
    expect(await findMediaData(cacheOf(file).cache)).toEqual([]);
  });
});

describe('mergeSpans', () => {
  it('joins close spans and keeps distant ones separate', () => {
    const near = 10_000;
    const far = 10_000_000;
    const spans = [0, near, far].map((start) => ({ start, end: start + 5000 }));
    expect(mergeSpans(spans)).toEqual([
      { start: 0, end: near + 5000 },
      { start: far, end: far + 5000 },
    ]);
  });
});

describe('The messages between engine and child', () => {
  it.each([1, 3, 7, 1000])('are reassembled from pieces of %d bytes', (size) => {
    const bodies = [Buffer.from('a'), Buffer.alloc(0), numbered(500)];
    const stream = Buffer.concat(bodies.flatMap((body) => [encodeHead(KIND.frame, body.length), body]));
    const received: Buffer[] = [];
    const reader = new MessageReader((_, body) => received.push(Buffer.from(body)));
    for (let offset = 0; offset < stream.length; offset += size)
      reader.add(stream.subarray(offset, offset + size));
    expect(received).toEqual(bodies);
  });

  it('are refused with an impossible length', () => {
    const reader = new MessageReader(() => undefined);
    expect(() => reader.add(Buffer.alloc(10, 0xff))).toThrow('A message of');
  });

  it('preserve plans and frames', () => {
    const plan = {
      frames: [
        {
          ...{ index: 0, requestedTimeSeconds: 0, thresholdTicks: 1.5, keyframeTicks: Number.NaN },
          span: { start: 3, end: 2 ** 40 },
        },
        { index: 1, requestedTimeSeconds: 10, thresholdTicks: 7, keyframeTicks: 1 },
      ],
      timeline: {
        timeBase: { numerator: 1001, denominator: 30_000 },
        ...{ startTicks: -512, endTicks: 9, frameTicks: 512, exact: false },
      },
      ...{ partialFile: true, isSeekable: false },
    };
    expect(decodePlan(encodePlan(plan))).toEqual(plan);
    const frame = { position: 2, ticks: -7, width: 3, height: 4, jpeg: Buffer.of(1, 2, 3) };
    expect(decodeFrame(Buffer.concat(encodeFrame(frame)))).toEqual(frame);
  });
});
