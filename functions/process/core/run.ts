import type { ProcessFile } from '../../contracts/events.ts';
import type { RunId } from '../../contracts/ids.ts';

/** One run of one attempt. Another run, of the same attempt or a later one, makes it stale. */
export interface Claim {
  event: ProcessFile;
  runId: RunId;
}

/** A run that is about to begin. */
export interface NewRun {
  runId: RunId;
  /** Seconds that the run counts as alive without a renewal. */
  leaseSeconds: number;
  /** Seconds after which the run is over, whatever its process does. */
  limitSeconds: number;
}

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
  /** Bytes of the source that the engine read, and its read requests; absent where the engine does not count. */
  bytesRead?: number;
  requests?: number;
}
