import { FAILURES, type FailureCode } from '../../contracts/failures.ts';

/** The extraction failed for a reason that the user is told of. Callers branch on `code`, never on the message. */
export class ExtractionError extends Error {
  readonly code: FailureCode;

  /** @param detail for the log, not for the user; without it the user's sentence stands in. */
  constructor(code: FailureCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? FAILURES[code].message, options);
    this.name = 'ExtractionError';
    this.code = code;
  }
}

/**
 * An engine ended before it looked at the video: the deployment is at fault (a library that is missing or does not fit),
 * not the file. The code is ENGINE_CRASHED, too: the other engine takes over in both cases.
 */
export class EngineNotStartedError extends ExtractionError {
  constructor(detail: string, options?: ErrorOptions) {
    super('ENGINE_CRASHED', detail, options);
    this.name = 'EngineNotStartedError';
  }
}

/** The code of whatever an attempt died of. What is no ExtractionError is ours, and may pass: INTERNAL. */
export const failureCodeOf = (error: unknown): FailureCode =>
  error instanceof ExtractionError ? error.code : 'INTERNAL';
