import { ENV_EXTRACTION_ENGINES, ENV_FFMPEG_PATH, ENV_LIBAV_PATH } from '../../functions/contracts/env.ts';
import { FFMPEG_PATH, LIBAV_PATH } from '../../layers/ffmpeg/binaries.ts';
import { bundleEntry } from '../build/bundle-entry.ts';
import { EXTRACTOR_ENTRY, EXTRACTOR_FILE } from '../build/extractor-program.ts';
import type { PackageFiles } from '../build/function-code.ts';
import type { StageConfig } from '../config/stage.ts';

/** The paths of the engines and their order. */
export const engineEnvironment = ({ local, extractionEngines }: StageConfig): Record<string, string> => ({
  [ENV_FFMPEG_PATH]: local?.ffmpegPath ?? FFMPEG_PATH,
  [ENV_LIBAV_PATH]: local?.libavPath ?? LIBAV_PATH,
  [ENV_EXTRACTION_ENGINES]: extractionEngines.join(','),
  ...MEMORY_ENVIRONMENT,
});

/**
 * A job processes thousands of pictures. So the program calls the garbage collector itself, and blocks of a picture's
 * size return to the system at once, which is not glibc's default. Before these settings and related changes, a job of
 * 2000 frames of 1080p used 640 MB instead of 450 MB.
 */
const MEMORY_ENVIRONMENT = {
  NODE_OPTIONS: '--expose-gc --max-semi-space-size=4',
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
};

/** The program of the child processes, which lies beside the function's bundle. */
export const EXTRACTOR_FILES: PackageFiles = { [EXTRACTOR_FILE]: () => bundleEntry(EXTRACTOR_ENTRY) };
