import {
  EXTRACTOR_PROGRAM,
  type ExtractionEngine,
  FallbackEngine,
  FfmpegCliEngine,
  LibavEngine,
  type OnFallback,
  type ResumableEngine,
} from '../../engine/index.ts';

/** The service's engines: libav, and the FFmpeg command line where libav crashes or cannot start. */
export const createEngine = (concurrency: number, onFallback: OnFallback): ExtractionEngine =>
  new FallbackEngine({
    first: new LibavEngine({ program: EXTRACTOR_PROGRAM, concurrency }),
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
