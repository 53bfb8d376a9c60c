import { UNAVAILABLE_RETRY_AFTER_SECONDS } from '../../contracts/answer-times.ts';
import type { ProblemCode } from '../../contracts/problems.ts';

/** Optional details of an error. */
export interface AppErrorOptions extends ErrorOptions {
  /** One sentence for the user. @default the sentence for this code in `PROBLEMS` */
  detail?: string;
  /** The errors of the input, per field. */
  fieldErrors?: readonly FieldError[];
  /** Seconds after which a retry may succeed. */
  retryAfterSeconds?: number;
}

/** An error in one field of the input. `path` is dotted; it is empty for the whole input. */
export interface FieldError {
  path: string;
  message: string;
}

/**
 * An error that is reported to the caller, with a stable code and one sentence for the user, without secrets. Any other
 * error is a bug of ours and is reported as INTERNAL.
 */
export class AppError extends Error {
  readonly code: ProblemCode;
  /** A sentence that is more specific than the one in `PROBLEMS`. */
  readonly detail: string | undefined;
  readonly fieldErrors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, options: AppErrorOptions = {}) {
    super(options.detail ?? code, options);
    this.name = new.target.name;
    this.detail = options.detail;
    this.code = code;
    this.fieldErrors = options.fieldErrors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export class ValidationFailedError extends AppError {
  constructor(fieldErrors: readonly FieldError[], options: ErrorOptions = {}) {
    super('VALIDATION_FAILED', { ...options, fieldErrors });
  }
}

export class MalformedJsonError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('MALFORMED_JSON', options);
  }
}

export class InvalidCursorError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('INVALID_CURSOR', options);
  }
}

export class VideoNotFoundError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('VIDEO_NOT_FOUND', options);
  }
}

/** A service that we depend on does not respond. A later retry may succeed. */
export class UnavailableError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('UNAVAILABLE', {
      ...options,
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
}
