import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DETECTION_BYTES, indexPlace, readMediaClaims } from '../../../engine/index.ts';
import type { Container } from '../../../functions/contracts/events.ts';
import { type ClipName, clip } from '../../support/clips.ts';

const SMALL = 320 * 240;

test.each<[ClipName, Container, number, number]>([
  ['faststart.mp4', 'mp4', 34.5, SMALL],
  ['h264.mp4', 'mp4', 34.5, SMALL],
  ['index-at-end.mov', 'mov', 34.5, SMALL],
  ['h264.mkv', 'mkv', 34.5, SMALL],
  ['vp9.mkv', 'mkv', 34.5, SMALL],
  ['mpeg4.avi', 'avi', 34.5, SMALL],
  ['hevc.mov', 'mov', 34.5, SMALL],
  ['huge-picture.mp4', 'mp4', 2, 8192 * 8192],
])('%s claims its real duration and size', async (name, container, seconds, pixels) => {
  const file = await readFile(await clip(name));
  const start = file.subarray(0, DETECTION_BYTES);
  const index = indexPlace(start, container);
  const bytes = index === undefined ? start : file.subarray(index, index + DETECTION_BYTES);
  const claims = readMediaClaims(bytes, container);
  expect(claims.durationSeconds).toBeCloseTo(seconds, 0);
  expect(claims.pixels).toBe(pixels);
});
