/**
 * The part of the engine's public interface that needs neither Node nor FFmpeg: words, errors, the port, and the
 * container reader. Pure code (`functions/<context>/core`) imports this part, so that its bundles contain no engines.
 */
export { DETECTION_BYTES, detectContainer } from './containers/detect-container.ts';
export { indexPlace, readMediaClaims } from './containers/media-claims.ts';
export { EngineNotStartedError, ExtractionError } from './errors.ts';
export type {
  EngineUsage,
  Extraction,
  ExtractionEngine,
  ExtractionRequest,
  ResumableEngine,
  ResumableExtraction,
} from './extraction.ts';
export type { ByteRange, ExtractedFrame, VideoSource, VideoSummary } from './video.ts';
export { Container, EXTRACTION_FAILURE_CODES, type ExtractionFailureCode, MediaClaims } from './words.ts';
