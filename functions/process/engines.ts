import * as z from 'zod';
import {
  EXTRACTOR_PROGRAM,
  type ExtractionEngine,
  FallbackEngine,
  FfmpegCliEngine,
  LibavEngine,
  type OnFallback,
  type ResumableEngine,
} from '../../engine/index.ts';
import { ENV_EXTRACTION_ENGINES, ENV_FFMPEG_PATH, ENV_LIBAV_PATH } from '../contracts/env.ts';
import { lazyEnv } from '../shared/config/env.ts';

const EngineName = z.enum(['libav', 'ffmpeg-cli']);

const engineEnv = lazyEnv(
  z.object({
    [ENV_FFMPEG_PATH]: z.string().min(1),
    [ENV_LIBAV_PATH]: z.string().min(1).optional(),
    [ENV_EXTRACTION_ENGINES]: z
      .string()
      .transform((names) => names.split(','))
      .pipe(z.array(EngineName).min(1).max(2))
      .default(['libav', 'ffmpeg-cli']),
  }),
);

/** The engines that the environment names, in order of preference. */
export const createEngines = (): ResumableEngine[] => {
  const env = engineEnv();
  return env.EXTRACTION_ENGINES.map((name) =>
    name === 'libav'
      ? new LibavEngine({ program: EXTRACTOR_PROGRAM, libavPath: env.LIBAV_PATH })
      : new FfmpegCliEngine({ binary: env.FFMPEG_PATH }),
  );
};

/**
 * The first engine that the environment names; where it names two, with the second one as the fallback.
 *
 * @param onFallback is called at each fallback.
 */
export const buildEngine = (onFallback: OnFallback): ExtractionEngine => {
  const [first, second] = createEngines();
  if (first === undefined) throw new Error('No engine is named');
  if (second === undefined) return first;
  return new FallbackEngine({ first, second, onFallback });
};
