import type { ExtractedFrame, VideoSource, VideoSummary } from './video.ts';

/** The input of an extraction. */
export interface ExtractionRequest {
  source: VideoSource;
  intervalSeconds: number;
  /** A video with more frames is refused with TOO_MANY_FRAMES before any frame is decoded. */
  maxFrames: number;
  /** Ends the extraction and its child processes at once. If its reason is an ExtractionError, that error is thrown. */
  signal: AbortSignal;
}

/**
 * Finds and decodes frames. It sees only the bytes of the source, never a path or URL. So an engine may read ranges or
 * the whole file.
 */
export interface ExtractionEngine {
  readonly name: string;
  /** Looks at the video and decides which frames to extract.
   *
   * @throws ExtractionError
   */
  open(request: ExtractionRequest): Promise<Extraction>;
}

/** The work of an extraction so far, and its engine. */
export interface EngineUsage {
  /** The engine's name; both names joined by `+` if the second engine took over. */
  engine: string;
  /** Bytes read from the source. */
  bytesRead: number;
  /** Number of reads. */
  requests: number;
}

/** One video, opened. The caller that opened it closes it. */
export interface Extraction {
  readonly summary: VideoSummary;
  /**
   * The frames in order. Decoding runs only a little ahead of the reader, so a slow reader slows it down.
   *
   * @throws ExtractionError while iterating.
   */
  frames(): AsyncIterable<ExtractedFrame>;
  /** Absent if the engine does not count its work. */
  usage?(): EngineUsage;
  /** Ends running work and removes temporary files. */
  close(): Promise<void>;
}

/** An extraction that can start at any frame. */
export interface ResumableExtraction extends Extraction {
  /** @param from index of the first wanted frame. @default 0 */
  frames(from?: number): AsyncIterable<ExtractedFrame>;
}

/** An engine that can continue another engine's work. */
export interface ResumableEngine extends ExtractionEngine {
  open(request: ExtractionRequest): Promise<ResumableExtraction>;
}
