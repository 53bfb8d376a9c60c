import type { ExtractedFrame, VideoSource, VideoSummary } from './video.ts';

/** What is asked of an engine. */
export interface ExtractionRequest {
  source: VideoSource;
  intervalSeconds: number;
  /** More frames than this are refused with TOO_MANY_FRAMES, before any is decoded. */
  maxFrames: number;
  /** Ends the extraction at once, children included; an ExtractionError as its reason is what is then thrown. */
  signal: AbortSignal;
}

/**
 * Finds and decodes frames. It knows the source by its bytes only, never by a path or URL, so an engine that
 * reads ranges is as good as one that takes the whole file.
 */
export interface ExtractionEngine {
  readonly name: string;
  /**
   * Looks at the video and decides which frames there are.
   *
   * @throws ExtractionError
   */
  open(request: ExtractionRequest): Promise<Extraction>;
}

/** What an extraction has cost so far, and which engine does it. */
export interface EngineUsage {
  /** The engine that does the work; more than one, joined by `+`, where another had to take over. */
  engine: string;
  /** Bytes of the source that were read. */
  bytesRead: number;
  /** Reads that this took. */
  requests: number;
}

/** One video, opened. The caller that opened it closes it. */
export interface Extraction {
  readonly summary: VideoSummary;
  /**
   * The frames in order, each decoded when it is about to be asked for: a slow reader holds the decoding back.
   *
   * @throws ExtractionError while iterating.
   */
  frames(): AsyncIterable<ExtractedFrame>;
  /** Absent where the engine does not count. */
  usage?(): EngineUsage;
  /** Ends what still runs and removes what was stored. */
  close(): Promise<void>;
}

/** An extraction that can begin in the middle. */
export interface ResumableExtraction extends Extraction {
  /** @param from index of the first frame that is wanted. @default 0 */
  frames(from?: number): AsyncIterable<ExtractedFrame>;
}

/** An engine that can continue where another one ended. */
export interface ResumableEngine extends ExtractionEngine {
  open(request: ExtractionRequest): Promise<ResumableExtraction>;
}
