import type { EngineUsage, VideoSource } from '../../../engine/pure.ts';
import type { DiscardFile, ProcessFile } from '../../contracts/events.ts';
import type { FailureCode } from '../../contracts/failures.ts';
import type { RunId } from '../../contracts/ids.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { RunObjects, VideoObjects } from '../../contracts/storage-keys.ts';

/** A source that can also tell its SHA-256, in hex: free after `stream` was read to its end, else read for it. */
export interface HashedVideoSource extends VideoSource {
  sha256(signal: AbortSignal): Promise<string>;
}

/** One run of one attempt. Another run, of the same attempt or a later one, makes it stale. */
export interface Claim {
  event: ProcessFile;
  runId: RunId;
}

/** A run that wants to begin. */
export interface NewRun {
  runId: RunId;
  /** Seconds after which the run is over, whatever its process does. */
  limitSeconds: number;
}

/**
 * Why there is nothing to run: the attempt has a result, which was told before (`finished`) or is told again
 * (`repeated`), another run holds it, or its video is `discarded`.
 */
export type NoClaim = 'finished' | 'repeated' | 'held' | 'discarded';

/** What has become of a claim: `superseded` by another run, or its video `discarded`. */
export type ClaimFate = 'current' | 'superseded' | 'discarded';

/** What a finished attempt leaves behind. */
export interface AttemptResult {
  storageKey: string;
  manifestKey: string;
  sizeBytes: number;
  sha256: string;
  framesExpected: number;
  framesDelivered: number;
  extractionSeconds: number;
  engine: string;
  /** Bytes of the source that the engine read, and reads that this took; absent where it does not count. */
  bytesRead?: number;
  requests?: number;
}

/** The cost of an extraction, for operators. */
export interface ExtractionMeasures extends EngineUsage {
  extractionSeconds: number;
  framesDelivered: number;
  sourceBytes: number;
}

/**
 * The jobs, one per video, with the events that their changes bring about. Every method may be called again after an
 * error that hid whether it was carried out: it then has the same effect, once.
 */
export interface JobRepository {
  /**
   * Takes the attempt on for this run, with EXTRACTION_STARTED in the same transaction, or says why there is nothing to
   * do (see `decideClaim`).
   */
  claim(event: ProcessFile, run: NewRun): Promise<Claim | NoClaim>;
  fateOf(claim: Claim): Promise<ClaimFate>;
  /** Starts the lease of a run anew, if the run is still current and has time left. */
  renew(claim: Claim): Promise<ClaimFate>;
  /** Gives up the lease of a run that stops without a result: the attempt's message, given back, starts over at once. */
  release(claim: Claim): Promise<void>;
  /** DONE and FILE_PROCESSED in one transaction; false where the claim is no longer current: nothing written. */
  complete(claim: Claim, result: AttemptResult): Promise<boolean>;
  /** FAILED and FILE_FAILED in one transaction; false where the claim is no longer current: nothing written. */
  fail(claim: Claim, code: FailureCode): Promise<boolean>;
  /** Fails an attempt that no run has taken on; false where one has, or where there is nothing to run. */
  failUnclaimed(event: ProcessFile, code: FailureCode): Promise<boolean>;
  /** Fences off every run of the video, now and later. Of a deleted video only a tombstone remains. */
  markDiscarded(event: DiscardFile): Promise<void>;
  /** The discard is complete. */
  recordDiscarded(event: DiscardFile): Promise<void>;
}

/** What runs leave behind when they do not win. */
export interface StrayRuns {
  /** All runs that are not current and whose output is still to be removed, the longest over first, in one pass. */
  strays(): AsyncIterable<RunObjects>;
  /** The output of this run was removed. After the run's own end it is forgotten. */
  recordRemoved(runId: RunId): Promise<void>;
}

/** Tells the user how far the extraction is. Best effort: it never throws. */
export interface ProgressReporter {
  report(videoId: VideoObjects['videoId'], framesDone: number, framesExpected: number): void;
  /** Ends the report: no extraction runs any more. */
  clear(videoId: VideoObjects['videoId']): Promise<void>;
}

/** Where the videos are read from and the frames are written to. */
export interface FrameStore {
  openSource(event: ProcessFile): HashedVideoSource;
  /** Starts the output of a run. */
  begin(run: RunObjects, signal: AbortSignal): FrameOutput;
  /** Removes what one run wrote, until `limit` aborts. May be repeated. */
  discardRun(run: RunObjects, limit?: AbortSignal): Promise<void>;
  /** Removes what all runs wrote; the source stays. May be repeated. */
  discardOutput(video: VideoObjects): Promise<void>;
}

/** Single frames and ZIP under way. The ZIP becomes visible, whole, in `publish` and not before. */
export interface FrameOutput {
  /** Resolves once there is room for another frame. @returns the JPEG's SHA-256, in hex. */
  add(fileName: string, jpeg: Uint8Array): Promise<string>;
  /** Writes the manifest and makes the ZIP visible. */
  publish(manifest: Manifest): Promise<{ sizeBytes: number; sha256: string }>;
  /** Gives up: no ZIP becomes visible. Harmless after `publish`. */
  abort(): Promise<void>;
}

/** Something done again and again. */
export interface Repetition {
  stop(): void;
}

/** A time limit that has begun. */
export interface Deadline {
  signal: AbortSignal;
  clear(): void;
}
