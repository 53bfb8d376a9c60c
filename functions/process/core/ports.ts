import type { EngineUsage, VideoSource } from '../../../engine/pure.ts';
import type { DiscardFile, ProcessFile } from '../../contracts/events.ts';
import type { RunId, VideoId } from '../../contracts/ids.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { RunObjects, VideoObjects } from '../../contracts/storage-keys.ts';
import type { Judgement, RunningAttempt } from './decide-lease.ts';
import type { Job } from './job.ts';
import type { JobDecision } from './job-decision.ts';

/**
 * A source with its SHA-256, in hex. The hash costs a read of the whole source, unless `stream` was read to its end.
 */
export interface HashedVideoSource extends VideoSource {
  sha256(signal: AbortSignal): Promise<string>;
}

/** The cost of an extraction, for operators. */
export interface ExtractionMeasures extends EngineUsage {
  extractionSeconds: number;
  framesDelivered: number;
  sourceBytes: number;
}

/** A decision about a locked job. @param now the database's time. */
export type Decide<State, Answer> = (state: State, now: Date) => JobDecision<Answer>;

/**
 * The jobs, one per video. Every change may be made again after an error that hid whether it was stored: `decide` then
 * meets the job as the first try left it.
 */
export interface JobRepository {
  /** The job as it is now, without a lock. */
  find(id: VideoId): Promise<Job | undefined>;
  /**
   * Locks the job of a video, and stores what `decide` makes of it and its events in one transaction.
   *
   * @param decide gets undefined where the video has no job; nothing can be stored then.
   */
  change<Answer>(id: VideoId, decide: Decide<Job | undefined, Answer>): Promise<Answer>;
  /** The same for a message that may be the first one of its video: a missing job is stored as `NEW_JOB` before. */
  changeOrCreate<Answer>(id: VideoId, decide: Decide<Job, Answer>): Promise<Answer>;
  /** The discard is complete: the message is marked as consumed. */
  recordDiscarded(event: DiscardFile): Promise<void>;
}

/** What a sweep reads of runs that may have ended without a result. */
export interface RunRecords {
  /** All videos whose run has let its lease lapse, the longest lapsed first, in one pass. */
  lapsed(): AsyncIterable<VideoId>;
  /**
   * The same as `change` for a job that is RUNNING. A job that is not, or that another transaction has locked, is left
   * alone: a process that froze in the middle of a transaction holds up no sweep.
   */
  judge(id: VideoId, decide: Decide<RunningAttempt, Judgement>): Promise<Judgement>;
  /**
   * All runs whose output was never removed, or that ended this many seconds ago, the longest over first, in one pass.
   * Runs that won are not among them.
   */
  uncollected(marginSeconds: number): AsyncIterable<RecordedRun>;
  /** The output of this run was removed while the run could still write. */
  recordCollected(id: RunId): Promise<void>;
  /** The output of this run was removed after the run's end. */
  forget(id: RunId): Promise<void>;
}

/** A run that may have left output behind, and the job of its video. */
export interface RecordedRun {
  objects: RunObjects;
  job: Pick<Job, 'status' | 'runId'> | undefined;
  endsAt: Date;
  /** The database's time. */
  now: Date;
}

/** Shows the user how far the extraction is. Best effort: it never throws. */
export interface ProgressReporter {
  report(videoId: VideoId, framesDone: number, framesExpected: number): void;
  /** Removes the report: the extraction has ended. */
  clear(videoId: VideoId): Promise<void>;
}

/** Removes the output of runs. */
export interface OutputRemoval {
  /** Removes what one run wrote, until `limit` aborts. May be repeated. */
  discardRun(run: RunObjects, limit?: AbortSignal): Promise<void>;
  /** Removes what all runs wrote; the source stays. May be repeated. */
  discardOutput(video: VideoObjects): Promise<void>;
}

/** The storage of videos and frames. */
export interface FrameStore extends OutputRemoval {
  openSource(event: ProcessFile): HashedVideoSource;
  /** Starts the output of a run; `signal` ends it. */
  begin(run: RunObjects, signal: AbortSignal): FrameOutput;
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

/** A task that runs at intervals. */
export interface Repetition {
  stop(): void;
}

/** A time limit that has begun. */
export interface Deadline {
  signal: AbortSignal;
  clear(): void;
}
