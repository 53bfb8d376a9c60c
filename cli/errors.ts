import { ExtractionError, type ExtractionFailureCode } from '../engine/index.ts';
import { FAILURES } from '../functions/contracts/failures.ts';
import type { Outcome } from './exit-codes.ts';

/** What a user is told of an error: one sentence that says what happened, and one that says what to do next. */
export interface ErrorReport {
  outcome: Outcome;
  /** Stable: scripts that read `--json` branch on it. */
  code: string;
  message: string;
  nextStep: string;
  /** Of the service's answer: what its operator needs to find the request. */
  correlationId?: string;
}

/** An error that is told as it is. */
export class CliError extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport, options?: ErrorOptions) {
    super(report.message, options);
    this.name = 'CliError';
    this.report = report;
  }
}

/** The command line is wrong. */
export const usageError = (message: string, nextStep: string): CliError =>
  new CliError({ outcome: 'usage', code: 'USAGE', message, nextStep });

/** A file, folder or disk does not allow what was asked for. */
export const fileError = (code: string, message: string, nextStep: string, cause?: unknown): CliError =>
  new CliError({ outcome: 'failed', code, message, nextStep }, { cause });

/** The user pressed Ctrl-C, or another process asked for the end. */
export const interruption = (): CliError =>
  new CliError({
    outcome: 'interrupted',
    code: 'INTERRUPTED',
    message: 'The command was interrupted.',
    nextStep: 'Nothing half-written is left: run it again to start over.',
  });

/** What to do about a video that cannot be extracted on this machine. */
const EXTRACTION_STEPS: Readonly<Record<ExtractionFailureCode, string>> = {
  UNSUPPORTED_CONTAINER: 'Convert it, for example with `ffmpeg -i FILE -c copy out.mp4`.',
  NO_VIDEO_STREAM: 'Name a file that has a picture, not only sound.',
  UNSUPPORTED_CODEC: 'Convert it to H.264, for example with `ffmpeg -i FILE -c:v libx264 out.mp4`.',
  CORRUPT_VIDEO: 'Copy or download the file again, and check that it plays to its end.',
  DIMENSIONS_TOO_LARGE: 'Scale it down to 8K or less and try again.',
  TOO_MANY_FRAMES: 'Ask for fewer frames with a longer --every.',
  SIZE_MISMATCH: 'Wait until the file is complete, then run the command again.',
  SOURCE_REPLACED: 'Run the command again: it then reads the new file.',
  PROCESSING_TIMEOUT: 'Run the command again.',
  ENGINE_CRASHED: 'Run the command again; if it fails again, check the file with a video player.',
};

/** The service's sentences that do not fit a file that was read where it lies. */
const LOCAL_MESSAGES: Readonly<Partial<Record<ExtractionFailureCode, string>>> = {
  SIZE_MISMATCH: 'The file changed while it was read.',
  SOURCE_REPLACED: 'The file was replaced while it was read.',
};

const FILE_SYSTEM: Readonly<Record<string, readonly [message: string, nextStep: string]>> = {
  ENOENT: ['There is no such file or folder', 'Check the path.'],
  EACCES: ['Access is not allowed', 'Change the rights, or choose another place.'],
  EPERM: ['Access is not allowed', 'Change the rights, or choose another place.'],
  EISDIR: ['This is a folder, not a file', 'Name a file.'],
  ENOTDIR: ['A part of the path is not a folder', 'Check the path.'],
  ENOSPC: ['The disk is full', 'Free some space, or choose another place with -o.'],
  EDQUOT: ['The disk quota is used up', 'Free some space, or choose another place with -o.'],
  EFBIG: ['The file would be larger than the system allows', 'Choose another place with -o.'],
  EROFS: ['The place is read-only', 'Choose another place with -o.'],
  ENAMETOOLONG: ['The name is too long', 'Choose a shorter one with -o.'],
  EMFILE: ['Too many files are open', 'Name fewer files at once.'],
};

/** Every error as a report. What is not known is our fault: its message is told, never its stack. */
export const reportOf = (error: unknown): ErrorReport => {
  if (error instanceof CliError) return error.report;
  if (error instanceof ExtractionError) return ofExtraction(error);
  const known = isErrno(error) ? FILE_SYSTEM[error.code] : undefined;
  if (isErrno(error) && known) {
    const [message, nextStep] = known;
    const place = error.path === undefined ? '' : `: ${error.dest ?? error.path}`;
    return { outcome: 'failed', code: error.code, message: `${message}${place}.`, nextStep };
  }
  return {
    outcome: 'failed',
    code: 'INTERNAL',
    message: `Frame Flow failed unexpectedly (${error instanceof Error ? error.message : String(error)}).`,
    nextStep: 'Run the command again; if it fails again, report it with this message.',
  };
};

const ofExtraction = ({ code }: ExtractionError): ErrorReport => ({
  outcome: 'failed',
  code,
  message: LOCAL_MESSAGES[code] ?? FAILURES[code].message,
  nextStep: EXTRACTION_STEPS[code],
});

interface Errno {
  code: string;
  path?: string;
  dest?: string;
}

const isErrno = (error: unknown): error is Errno =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
