import { UNAVAILABLE_RETRY_AFTER_SECONDS } from '../../contracts/answer-times.ts';
import type { ProblemCode } from '../../contracts/problems.ts';

/** What an error may add to its code. */
export interface AppErrorOptions extends ErrorOptions {
  /** One sentence for the user. @default the catalogue's of this code */
  detail?: string;
  /** What exactly is wrong with the input, field by field. */
  fieldErrors?: readonly FieldError[];
  /** After how many seconds trying again makes sense. */
  retryAfterSeconds?: number;
}

/** One thing wrong with one field of the input; `path` is dotted, empty for the whole. */
export interface FieldError {
  path: string;
  message: string;
}

/**
 * An outcome that the caller is told of: a stable code and one sentence fit for the user, without secrets.
 * Any other error that is thrown is our bug, and is answered as INTERNAL.
 */
export class AppError extends Error {
  readonly code: ProblemCode;
  /** A sentence that says more than the catalogue's. */
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

/** A service that we depend on does not answer; trying again later makes sense. */
export class UnavailableError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('UNAVAILABLE', {
      ...options,
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
}
