import { describe, expect, it } from 'vitest';
import { detectContainer } from '../../../../engine/containers/detect-container.ts';
import { endOfFile, identifyContainer } from '../../../../engine/containers/identify-container.ts';
import { media } from '../../../support/media.ts';

const bytes = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1');

describe('identifyContainer', () => {
  it.each([
    ['an MP4', '\0\0\0\x18ftypisom', 'mp4'],
    ['a QuickTime file', '\0\0\0\x14ftypqt  ', 'mov'],
    ['a QuickTime file from before ftyp', '\0\0\0\x08wide\0\0\0\0mdat', 'mov'],
    ['a Matroska file', '\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska', 'mkv'],
    ['an AVI', 'RIFF\x10\0\0\0AVI LIST', 'avi'],
  ])('recognises %s by its bytes', (_, text, container) => {
    expect(identifyContainer(bytes(text)).container).toBe(container);
  });

  it.each([
    ['an HLS playlist', '#EXTM3U\n'],
    ['a concat list', 'ffconcat version 1.0'],
    ['a DASH manifest', '<?xml version="1.0"?><MPD'],
    ['a session description', 'v=0\no=- 0 0 IN IP4'],
    ['a ZIP', 'PK\x03\x04'],
    ['a web page', '<!doctype html>'],
    ['a GIF', 'GIF89a'],
    ['a WAVE file', 'RIFF\x10\0\0\0WAVEfmt '],
  ])('rejects %s as not a video', (_, text) => {
    expect(detectContainer(bytes(text))).toBeUndefined();
    expect(() => identifyContainer(bytes(text))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_CONTAINER' }),
    );
  });

  it.each([
    ['HEIC', 'heic'],
    ['AVIF', 'avif'],
    ['JPEG XL', 'jxl '],
  ])('refuses a still picture in boxes like those of an MP4: %s', (_, brand) => {
    expect(() => identifyContainer(media.ftyp(brand, 'mif1'))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_CONTAINER' }),
    );
  });

  it('reports an empty file as damaged', () => {
    expect(() => identifyContainer(Buffer.alloc(0))).toThrow(
      expect.objectContaining({ code: 'CORRUPT_VIDEO' }),
    );
  });

  it('rejects a file shorter than a header', () => {
    expect(detectContainer(Buffer.from('\0\0\0\x18ftyp', 'latin1'))).toBeUndefined();
  });

  it('reads the claimed size and duration of an AVI', () => {
    const head = bytes('RIFF\0\x10\0\0AVI LIST\0\0\0\0hdrlavih\x38\0\0\0');
    head.writeUInt32LE(40_000, 32);
    head.writeUInt32LE(863, 48);
    expect(identifyContainer(head)).toEqual({ container: 'avi', claimedBytes: 4104, claimedSeconds: 34.52 });
  });

  it('reads the end of a Matroska file’s segment', () => {
    // Header of 3 bytes (ends at 8), segment with an 8-byte size of 1000 (data begins at 20).
    const head = bytes('\x1a\x45\xdf\xa3\x83\0\0\0\x18\x53\x80\x67\x01\0\0\0\0\0\x03\xe8');
    expect(endOfFile(head, 'mkv')).toBe(1020);
  });

  it('gives no size for an AVI whose size was never written', () => {
    for (const size of ['\0\0\0\0', '\xff\xff\xff\xff']) {
      expect(identifyContainer(bytes(`RIFF${size}AVI LIST`)).claimedBytes).toBeUndefined();
    }
  });

  it('gives no end for a live recording of unknown size', () => {
    const head = bytes('\x1a\x45\xdf\xa3\x83\0\0\0\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff');
    expect(endOfFile(head, 'mkv')).toBeUndefined();
  });
});
