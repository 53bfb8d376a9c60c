/**
 * The half of the engine's face that needs neither Node nor FFmpeg: words, errors, the port, and the reader of containers.
 * Pure code (`functions/<context>/core`) imports this half, so that no bundle grows by engines that it never starts.
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
