import { fileURLToPath } from 'node:url';
import {
  type ExtractionEngine,
  FallbackEngine,
  FfmpegCliEngine,
  LibavEngine,
  type OnFallback,
  type ResumableEngine,
} from '../../engine/index.ts';

/** The child's program: beside the bundle where there is one, else as it is written. */
const PROGRAM = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../engine/libav/child/extractor.task.ts' : './extractor.mjs',
    import.meta.url,
  ),
);

/** The service's engines: libav, and the FFmpeg command line where libav crashes or cannot start. */
export const createEngine = (concurrency: number, onFallback: OnFallback): ExtractionEngine =>
  new FallbackEngine({
    first: new LibavEngine({ program: PROGRAM, concurrency }),
    second: COMMAND_LINE,
    onFallback,
  });

/** Looks for its binary when it is needed: for some platforms there is none. */
const COMMAND_LINE: ResumableEngine = {
  name: 'ffmpeg-cli',
  async open(request) {
    const { default: ffmpeg } = await import('@ffmpeg-installer/ffmpeg');
    return new FfmpegCliEngine({ binary: ffmpeg.path }).open(request);
  },
};
