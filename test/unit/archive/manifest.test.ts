import { describe, expect, it } from 'vitest';
import { buildManifest, type ManifestParts, manifestFrame, manifestText } from '../../../archive/manifest.ts';
import { Manifest } from '../../../functions/contracts/manifest.ts';

const frame = {
  ...{ index: 0, requestedTimeSeconds: 0, timeSeconds: 0.0333333333, width: 64, height: 36 },
  ...{ jpeg: new Uint8Array(5), substituted: false },
};
const parts: ManifestParts = {
  source: { fileName: 'a.mp4', sizeBytes: 9 },
  intervalSeconds: 10,
  summary: {
    ...{ container: 'mp4', codec: 'h264', durationSeconds: 1.23456789, width: 64, height: 36 },
    framesExpected: 1,
  },
  usage: { engine: 'libav', bytesRead: 9, requests: 1 },
  frames: [manifestFrame(frame, 'f00d')],
};

describe('A manifest', () => {
  it('names no video and no SHA-256 of the source where there are none', () => {
    const manifest = buildManifest(parts);
    expect(Object.keys(manifest)).not.toContain('videoId');
    expect(Object.keys(manifest.source)).not.toContain('sha256');
    expect(Manifest.parse(JSON.parse(manifestText(manifest)))).toEqual(manifest);
  });

  it('tells times in whole microseconds', () => {
    expect(buildManifest(parts)).toMatchObject({
      source: { durationSeconds: 1.234568 },
      frames: [{ fileName: 'frame_00000_00h00m00.033s.jpg', timeSeconds: 0.033333 }],
    });
  });

  it.each([
    ['a frame that is missing', { ...parts, frames: [] }],
    ['a frame in another place', { ...parts, frames: [manifestFrame({ ...frame, index: 1 }, 'f00d')] }],
  ])('is refused with %s', (_, incomplete) => {
    expect(() => buildManifest(incomplete)).toThrow(/frames of 1 were delivered/);
  });
});
