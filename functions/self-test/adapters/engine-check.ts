import type { ExtractionEngine, VideoSource } from '../../../engine/index.ts';
import type { Check } from '../core/check.ts';

/** The first bytes of a JPEG (ITU-T T.81, start of image). */
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

/** Extracts the only frame of a built-in clip with an engine, as in production. */
export const engineCheck = (engine: ExtractionEngine, clip: VideoSource): Check => ({
  name: `engine ${engine.name}`,
  limitSeconds: 25,
  run: async (signal) => {
    const extraction = await engine.open({ source: clip, intervalSeconds: 10, maxFrames: 1, signal });
    try {
      const frames: Uint8Array[] = [];
      for await (const { jpeg } of extraction.frames()) frames.push(jpeg);
      const [frame] = frames;
      if (frames.length !== 1 || frame === undefined)
        throw new Error(`${frames.length} frames instead of one`);
      if (!JPEG_START.equals(frame.subarray(0, JPEG_START.length))) throw new Error('the frame is no JPEG');
    } finally {
      await extraction.close();
    }
  },
  explain: (reason) =>
    `The engine ${engine.name} gives no frame of the built-in clip (${reason}): look at the FFmpeg layer or image of ` +
    'this architecture, at FFMPEG_PATH and at LIBAV_PATH.',
});
