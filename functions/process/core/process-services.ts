import type { ExtractionEngine } from '../../../engine/pure.ts';
import type { FailureCode } from '../../contracts/failures.ts';
import type { RunId } from '../../contracts/ids.ts';
import type { EventStamp } from '../../contracts/new-event.ts';
import type {
  Deadline,
  ExtractionMeasures,
  FrameStore,
  JobRepository,
  ProgressReporter,
  Repetition,
} from './ports.ts';

/** The end of an attempt: its failure's code, or what the extraction took. */
export type AttemptOutcome = { code: FailureCode } | ExtractionMeasures;

/** What the use cases of the process context need. */
export interface ProcessServices {
  engine: ExtractionEngine;
  store: FrameStore;
  jobs: JobRepository;
  progress: ProgressReporter;
  newRunId(): RunId;
  /** A fresh id and the time, for an event to be emitted. */
  stamp(): EventStamp;
  /** Seconds that a run counts as alive without a renewal of its lease. */
  leaseSeconds: number;
  /** Seconds of a monotonic clock. */
  monotonicSeconds(): number;
  /** Starts a time limit; its signal aborts with this reason. */
  startDeadline(seconds: number, reason: Error): Deadline;
  /** Runs a task at intervals in seconds, never twice at once. */
  startRepetition(seconds: number, task: () => Promise<void>): Repetition;
  /** Repeats work on the jobs while the database is unavailable, until `limit` aborts; then throws the last error. */
  persist<T>(work: () => Promise<T>, limit: AbortSignal): Promise<T>;
  /** Receives the end of each attempt. */
  observe(outcome: AttemptOutcome): void;
  /** Logs what happens to an attempt, with ids, codes and counts only. */
  log(level: 'info' | 'warn', message: string, details: Record<string, unknown>): void;
}
