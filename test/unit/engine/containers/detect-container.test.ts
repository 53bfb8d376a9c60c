import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectContainer } from '../../../../engine/containers/detect-container.ts';
import { media } from '../../../support/media.ts';

const { box, ftyp, ebml } = media;
const bytes = (...parts: (Uint8Array | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));

describe('detectContainer', () => {
  test.each([
    ['MP4 by its brand', ftyp('isom', 'isom', 'avc1'), 'mp4'],
    ['MP4 of any other brand, such as phones write', ftyp('3gp5', 'isom'), 'mp4'],
    ['fragmented MP4', bytes(ftyp('iso6', 'dash'), box('sidx', 'x')), 'mp4'],
    ['MOV by its brand', ftyp('qt  ', 'qt  '), 'mov'],
    ['MOV from before brands, index first', box('moov', 'x'), 'mov'],
    ['MOV from before brands, data first, larger than the bytes read', box('mdat', 'x', 90_000_000), 'mov'],
    ['MOV whose data has a 64-bit size', bytes(box('mdat', '', 1), Buffer.alloc(8)), 'mov'],
    ['MOV whose data reaches to the end', box('mdat', '', 0), 'mov'],
    ['MOV that begins with filling', bytes(box('wide'), box('mdat', 'x', 90_000_000)), 'mov'],
    ['MOV whose filling is longer than the bytes read', box('free', 'x', 100_000), 'mov'],
    ['MOV that begins with a preview', bytes(box('pnot', 'x'), box('moov', 'x')), 'mov'],
    ['MP4 whose brand comes after filling', bytes(box('skip', 'xyz'), ftyp('mp42')), 'mp4'],
    ['Matroska', ebml('matroska'), 'mkv'],
    ['WebM', ebml('webm'), 'mkv'],
    ['Matroska whose header has an eight-byte size', ebml('matroska', 8), 'mkv'],
    ['Matroska whose type is padded', ebml('matroska\0\0'), 'mkv'],
    ['AVI', bytes('RIFF', Buffer.alloc(4), 'AVI LIST'), 'avi'],
  ])('recognises %s', (_, start, container) => {
    expect(detectContainer(start)).toBe(container);
  });

  test.each([
    ['nothing', ''],
    ['one byte', '\0'],
    ['an HLS playlist', '#EXTM3U\n#EXT-X-VERSION:3\n'],
    ['a concat playlist', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a DASH manifest', '<?xml version="1.0"?><MPD></MPD>'],
    ['an SDP description', 'v=0\no=- 0 0 IN IP4 127.0.0.1\n'],
    ['a page', '<!doctype html><script>'],
    ['a ZIP', 'PK\x03\x04aaaaaaaaaaaa'],
    ['a GIF', 'GIF89aftypisom'],
    ['a text that names a box', 'textmoovtext'],
    ['a text that names the brand box', 'textftypisomtext'],
    ['a text after a text that names filling', 'textfreetext'],
    ['a WAV', bytes('RIFF', Buffer.alloc(4), 'WAVEfmt ')],
    ['a HEIC picture', ftyp('heic', 'mif1', 'heic')],
    ['an AVIF picture', ftyp('avif', 'mif1')],
    ['a brand box that is cut off', ftyp('isom', 'avc1').subarray(0, 14)],
    ['a brand box too small for a brand', box('ftyp', 'isom')],
    ['a box of an impossible size', box('moov', '', 7)],
    ['filling without an end', box('free', '', 0)],
    ['filling followed by something else', bytes(box('free', 'x'), box('PK\x03\x04', 'x'))],
    ['EBML of another type', ebml('notvideo')],
    ['EBML cut off before its type', ebml('matroska').subarray(0, 10)],
    ['Matroska without a header', '\x1a\x45\xdf\xa3'],
  ])('rejects %s', (_, start) => {
    expect(detectContainer(Buffer.from(start))).toBeUndefined();
  });

  test('returns a container or undefined for any bytes', () => {
    const beginnings = fc.constantFrom(
      ftyp('isom'),
      ebml('webm', 8),
      box('free', 'x'),
      box('wide'),
      Buffer.alloc(0),
    );
    fc.assert(
      fc.property(beginnings, fc.nat(40), fc.uint8Array({ maxLength: 200 }), (beginning, cut, rest) => {
        const start = bytes(beginning.subarray(0, cut), rest);
        expect([undefined, 'mp4', 'mov', 'mkv', 'avi']).toContain(detectContainer(start));
      }),
    );
  });
});
