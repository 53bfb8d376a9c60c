import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexPlace, readMediaClaims } from '../../../../engine/containers/media-claims.ts';
import { Container, MediaClaims } from '../../../../engine/words.ts';
import { media } from '../../../support/media.ts';

const uint32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [position, value] of values.entries()) bytes.writeUInt32BE(value, position * 4);
  return bytes;
};
const uint64 = (value: number): Buffer => uint32(Math.floor(value / 2 ** 32), value % 2 ** 32);
const zeros = (bytes: number) => Buffer.alloc(bytes);
const concat = (...parts: Buffer[]) => Buffer.concat(parts);

const movie = (version: 0 | 1): Buffer => {
  const [time, flags] = [version === 1 ? uint64 : uint32, uint32(version * 2 ** 24)];
  const mvhd = media.box('mvhd', concat(flags, time(1), time(2), uint32(600), time(600 * 90), zeros(80)));
  const track = (width: number, height: number) => {
    const before = concat(flags, time(1), time(2), uint32(1, 0), time(600 * 90), zeros(8 + 8 + 36));
    return media.box('trak', media.box('tkhd', concat(before, uint32(width * 65536, height * 65536))));
  };
  return media.box('moov', concat(mvhd, track(0, 0), track(1280, 720)));
};
const start = media.ftyp('isom');

describe('the claims of an MP4', () => {
  test.each([0, 1] as const)('are read from headers of version %i', (version) => {
    expect(readMediaClaims(concat(start, movie(version)), 'mp4')).toEqual({
      durationSeconds: 90,
      pixels: 1280 * 720,
    });
  });

  test('are looked for behind the media data when the index is there', () => {
    const pictures = media.box('mdat', zeros(5000));
    expect(indexPlace(concat(start, pictures).subarray(0, 100), 'mp4')).toBe(start.length + 5008);
    expect(readMediaClaims(movie(0), 'mov')).toEqual({ durationSeconds: 90, pixels: 1280 * 720 });
  });

  test('are looked for behind media data of more than 4 GB', () => {
    const pictures = concat(uint32(1), Buffer.from('mdat'), uint64(5 * 2 ** 32));
    expect(indexPlace(concat(start, pictures, zeros(100)), 'mov')).toBe(start.length + 5 * 2 ** 32);
  });

  test('are not looked for elsewhere when the index comes first or the media data reaches the end', () => {
    expect(indexPlace(concat(start, movie(0)), 'mp4')).toBeUndefined();
    expect(indexPlace(concat(start, uint32(0), Buffer.from('mdat'), zeros(50)), 'mp4')).toBeUndefined();
  });
});

test('the claims of an AVI are read from its main header', () => {
  const header = Buffer.alloc(40);
  for (const [field, value] of [
    [0, 40_000],
    [4, 750],
    [8, 640],
    [9, 480],
  ] as const)
    header.writeUInt32LE(value, field * 4);
  const bytes = concat(Buffer.from('RIFF\0\0\0\0AVI LIST\0\0\0\0hdrlavih\0\0\0\0'), header);
  expect(readMediaClaims(bytes, 'avi')).toEqual({ durationSeconds: 30, pixels: 640 * 480 });
});

test('claims that make no sense are left out', () => {
  const still = Buffer.from(movie(0)).fill(0, 8 + 8 + 4, 8 + 8 + 20);
  expect(readMediaClaims(still, 'mp4')).toEqual({ pixels: 1280 * 720 });
  expect(readMediaClaims(zeros(64), 'mkv')).toEqual({});
});

test('the claims of any bytes are valid in an event', () => {
  const seeds = [concat(start, movie(0)), concat(media.ebml('webm'), zeros(50)), Buffer.from('RIFF....AVI ')];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 40 }),
      fc.nat(400),
      fc.constantFrom(...Container.options),
      (seed, changes, length, container) => {
        const bytes = Buffer.concat([seed, zeros(400)]).subarray(0, length);
        for (const [position, value] of changes) if (position < length) bytes[position] = value;
        expect(MediaClaims.safeParse(readMediaClaims(bytes, container)).success).toBe(true);
        const place = indexPlace(bytes, container);
        expect(place === undefined || place >= 0).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});
