import { UNAVAILABLE_RETRY_AFTER_SECONDS } from '../../contracts/answer-times.ts';

/** Every code that a client of the API can meet. Stable: clients branch on them. */
export const ERROR_CODES = [
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'INVALID_CURSOR',
  'INVALID_CREDENTIALS',
  'INVALID_REFRESH_TOKEN',
  'UNAUTHENTICATED',
  'NOT_FOUND',
  'VIDEO_NOT_FOUND',
  'EMAIL_TAKEN',
  'NOT_READY',
  'EXPIRED',
  'PAYLOAD_TOO_LARGE',
  'FILE_TOO_LARGE',
  'UNSUPPORTED_EXTENSION',
  'UNSUPPORTED_MEDIA_TYPE',
  'IDEMPOTENCY_KEY_REUSED',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'UNAVAILABLE',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a subclass may add to its code and sentence. */
export interface AppErrorOptions extends ErrorOptions {
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
 * Anything thrown that is no AppError is our bug and answered as INTERNAL.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fieldErrors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.fieldErrors = options.fieldErrors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export class ValidationFailedError extends AppError {
  constructor(fieldErrors: readonly FieldError[], options: ErrorOptions = {}) {
    super('VALIDATION_FAILED', 'The request is not valid.', { ...options, fieldErrors });
  }
}

export class MalformedJsonError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('MALFORMED_JSON', 'The request body is not valid JSON.', options);
  }
}

export class InvalidCursorError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('INVALID_CURSOR', 'The cursor is not one that this API gave out.', options);
  }
}

export class VideoNotFoundError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('VIDEO_NOT_FOUND', 'There is no such video.', options);
  }
}

/** A service that we depend on does not answer; trying again later makes sense. */
export class UnavailableError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('UNAVAILABLE', 'The service is briefly unavailable.', {
      ...options,
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
}
