import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ExtractionEngine } from '../../engine/index.ts';
import { MAX_FRAMES } from '../../functions/contracts/limits.ts';
import { REFUSED } from './clips/refused.ts';
import { type ClipName, clip } from './clips.ts';
import { fileSource, openClip, withPrivateTemp } from './extraction.ts';
import { psnrDb, psnrOfBytesDb, psnrOfFramesDb, withOracle } from './oracle.ts';

/**
 * The PSNR that any two encodings of the same picture reach, and that two neighbouring frames of the test clip do not.
 */
const SAME_PICTURE_DB = 35;

/** Compares every frame with the oracle's, which decodes the whole video. */
const expectOracle = async (
  engine: ExtractionEngine,
  name: ClipName,
  times: readonly number[],
  intervalSeconds = 10,
) => {
  const { summary, frames } = await openClip(engine, name, intervalSeconds);
  expect(frames.map((frame) => Math.round(frame.timeSeconds * 1000) / 1000)).toEqual(times);
  expect(frames.map((frame) => frame.index)).toEqual(times.map((_, index) => index));
  expect(summary.framesExpected).toBe(frames.length);
  await withOracle(await clip(name), intervalSeconds, async (oracle) => {
    expect(oracle.map((frame) => Math.round(frame.timeSeconds * 1000) / 1000)).toEqual(times);
    const psnrs = await psnrOfFramesDb(
      frames.map(({ jpeg }) => jpeg),
      oracle,
    );
    expect(psnrs).toHaveLength(frames.length);
    for (const [index, psnr] of psnrs.entries()) {
      expect(psnr, `frame ${index}`).toBeGreaterThan(SAME_PICTURE_DB);
    }
  });
  return { summary, frames };
};

/** Tests of every engine: it takes the same frames as a full decode, and fails with the right code without frames. */
export const describeExtraction = (label: string, createEngine: () => ExtractionEngine): void => {
  describe(`${label}, compared with decoding everything`, () => {
    it.each<[ClipName, string, string]>([
      ['h264.mp4', 'mp4', 'h264'],
      ['faststart.mp4', 'mp4', 'h264'],
      ['h264.mkv', 'mkv', 'h264'],
      ['vp9.mkv', 'mkv', 'vp9'],
      ['mpeg4.avi', 'avi', 'mpeg4'],
      ['mpeg4-b-frames.avi', 'avi', 'mpeg4'],
      ['xvid.avi', 'avi', 'mpeg4'],
      ['h264-b-frames.avi', 'avi', 'h264'],
      ['hevc.mov', 'mov', 'hevc'],
      ['index-at-end.mov', 'mov', 'h264'],
      ['start-at-5s.mkv', 'mkv', 'h264'],
      ['open-gop.mp4', 'mp4', 'h264'],
      ['variable-rate.mkv', 'mkv', 'h264'],
      ['no-index.avi', 'avi', 'mpeg4'],
      ['no-cues.mkv', 'mkv', 'h264'],
      ['fragmented.mp4', 'mp4', 'h264'],
      ['live.mkv', 'mkv', 'h264'],
    ])('takes the frames at 0, 10, 20 and 30 s of %s', async (name, container, codec) => {
      const { summary } = await expectOracle(createEngine(), name, [0, 10, 20, 30]);
      expect(summary).toMatchObject({ container, codec, width: 320, height: 240 });
      expect(summary.durationSeconds).toBeGreaterThan(34.3);
      expect(summary.durationSeconds).toBeLessThan(34.6);
    });

    it.each<[string, ClipName, number[]]>([
      ['a 3 s clip', 'short.mp4', [0]],
      ['a single picture', 'one-frame.mp4', [0]],
      ['29.97 fps', 'ntsc.mp4', [0, 10.01, 20.02, 30.03]],
      ['29.97 fps in milliseconds', 'ntsc.mkv', [0, 10.01, 20.02, 30.03]],
      ['exactly 30 s, which has no frame at 30 s', 'exactly-30s.mp4', [0, 10, 20]],
      ['one frame more than 30 s, without presentation times', 'edge-30s-b-frames.avi', [0, 10, 20, 30]],
      ['an edit list that begins between keyframes', 'edit-list.mp4', [0, 10, 20, 30]],
      ['video that begins after the sound', 'late-video.mp4', [0, 10, 20]],
      ['sound that lasts longer than the picture', 'long-audio.mp4', [0, 10]],
      ['2 frames per second in open groups', 'low-rate-b-frames.mkv', [0, 10, 20, 30, 40, 50]],
      ['pictures that last longer than the interval', 'slides.mkv', [0, 25, 50, 75]],
      ['Motion JPEG', 'mjpeg.avi', [0, 10, 20]],
      ['MPEG-2', 'mpeg2.mkv', [0, 10, 20]],
      ['VP8', 'vp8.mkv', [0, 10, 20]],
      ['AV1', 'av1.mkv', [0, 10, 20]],
      ['ProRes', 'prores.mov', [0, 10, 20]],
      ['10 bits per sample', 'ten-bit.mp4', [0, 10]],
      ['the colours of BT.709', 'bt709.mp4', [0, 10]],
      ['full-range colours', 'full-range.mp4', [0, 10]],
      ['59.94 fps', 'rate-59.94.mp4', [0, 10.01, 20.003]],
      ['interlaced pictures', 'interlaced.mp4', [0, 10, 20]],
      ['odd dimensions', 'odd-size.mp4', [0, 10]],
      ['ProRes with half the colours', 'chroma-422.mov', [0, 10]],
    ])('takes the right frames of %s', async (_, name, times) => {
      await expectOracle(createEngine(), name, times);
    });

    it('takes a frame every second, several from one keyframe, as exactly as every ten seconds', async () => {
      await expectOracle(
        createEngine(),
        'h264.mkv',
        Array.from({ length: 35 }, (_, second) => second),
        1,
      );
    });

    it('applies the rotation of the file’s metadata', async () => {
      const { frames } = await expectOracle(createEngine(), 'rotated.mp4', [0]);
      expect(frames[0]).toMatchObject({ width: 240, height: 320 });
    });

    it('follows a picture size that changes mid-stream', async () => {
      const { frames } = await openClip(createEngine(), 'size-change.mkv', 4);
      expect(frames.map(({ timeSeconds, width, height }) => [timeSeconds, width, height])).toEqual([
        ...[0, 4, 8].map((time) => [time, 320, 240]),
        ...[12, 16, 20].map((time) => [time, 480, 360]),
      ]);
    });

    it.each<[string, ClipName]>([
      ['HDR10', 'hdr10.mp4'],
      ['HLG', 'hlg.mp4'],
    ])('maps the tones of %s to standard dynamic range', async (_, name) => {
      const [hdr, plain] = [await openClip(createEngine(), name), await clip(name)];
      await withOracle(await clip('short.mp4'), 10, async ([original]) => {
        await withOracle(plain, 10, async ([washedOut]) => {
          const jpeg = hdr.frames[0]?.jpeg;
          if (!jpeg || !original || !washedOut) throw new Error('A frame is missing');
          const gained = await psnrOfBytesDb(jpeg, original.pngPath);
          expect(gained).toBeGreaterThan((await psnrDb(washedOut.pngPath, original.pngPath)) + 5);
        });
      });
    });
  });

  describe(`${label}, damaged videos`, () => {
    it('takes the next decodable frame and marks it as substituted', async () => {
      const { frames } = await openClip(createEngine(), 'damaged-middle.mp4');
      expect(frames.map((frame) => frame.substituted)).toEqual([false, true, false, false]);
      expect(frames[1]?.requestedTimeSeconds).toBe(10);
      expect(frames[1]?.timeSeconds).toBeGreaterThan(10);
    });

    it('counts moments from the opening keyframe even if that is damaged', async () => {
      const { frames } = await openClip(createEngine(), 'damaged-start.mp4');
      expect(frames.map((frame) => [frame.requestedTimeSeconds, frame.substituted])).toEqual([
        [0, true],
        [10, false],
        [20, false],
      ]);
    });
  });

  describe(`${label}, files that it refuses`, () => {
    it.each(REFUSED)('refuses %s with %s and leaves no temporary file behind', async (name, code) => {
      const source = await fileSource(await clip(name));
      await withPrivateTemp(async (temp) => {
        const signal = new AbortController().signal;
        await expect(
          createEngine().open({ source, intervalSeconds: 10, maxFrames: MAX_FRAMES, signal }),
        ).rejects.toMatchObject({ code });
        expect(await readdir(temp)).toEqual([]);
      });
    });
  });
};
