/** The engine's public interface: the rest of the system, the benchmarks and the tests' support import only this. */
export { type Fallback, FallbackEngine, type FallbackEngineOptions, type OnFallback } from './fallback.ts';
export { FfmpegCliEngine, type FfmpegCliOptions } from './ffmpeg-cli/ffmpeg-cli-engine.ts';
export { EXTRACTOR_PROGRAM } from './libav/extractor-program.ts';
export { LibavEngine, type LibavEngineOptions } from './libav/libav-engine.ts';
export * from './pure.ts';
export { untilAborted } from './until-aborted.ts';
