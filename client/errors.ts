import type { Problem } from '../functions/contracts/problem.ts';
import type { ProblemCode } from '../functions/contracts/problems.ts';

/** The codes that the client itself gives; all others are the API's. Codes are stable. */
export type ClientCode =
  /** No answer: the connection could not be made, or it broke. */
  | 'UNREACHABLE'
  /** No answer within the time limit of a try; or a video was not done in time. */
  | 'TIMEOUT'
  /** An answer that the API's contract does not have. */
  | 'UNEXPECTED_ANSWER'
  /** The call needs a user, and the client has no tokens. */
  | 'NOT_LOGGED_IN'
  /** The session is over; its tokens have been removed from the store. */
  | 'SESSION_ENDED'
  /** The file has another size than it was declared with. */
  | 'SOURCE_CHANGED'
  /** The form to upload with has expired: create the video again. */
  | 'UPLOAD_FORM_EXPIRED'
  /** The storage refused the file. */
  | 'UPLOAD_REFUSED'
  /** The storage refused the download. */
  | 'DOWNLOAD_REFUSED'
  /** The bytes received are not those that the API promised. */
  | 'DOWNLOAD_DAMAGED'
  /** The page has no WebCrypto: browsers offer it to pages from https and from localhost. */
  | 'INSECURE_CONTEXT';

export type FrameFlowErrorCode = ProblemCode | ClientCode;

/** What is known of a failure; for the meaning of each field see `FrameFlowError`. */
export interface Failure {
  readonly code: FrameFlowErrorCode;
  readonly detail: string;
  readonly operation?: string | undefined;
  readonly status?: number | undefined;
  readonly title?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly errors?: Problem['errors'];
  readonly isTransient?: boolean | undefined;
  readonly isUncertain?: boolean | undefined;
  readonly cause?: unknown;
}

/** Every failure of a call or of a helper. Branch on `code`; show `detail` to people. */
export class FrameFlowError extends Error {
  override readonly name = 'FrameFlowError';
  /** A newer server may send a code that this list does not have yet. */
  readonly code: FrameFlowErrorCode;
  /** What happened, in a sentence or two for people. */
  readonly detail: string;
  /** The operation, or the step of a helper, that failed. */
  readonly operation: string | undefined;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The problem's title (RFC 9457). */
  readonly title: string | undefined;
  /** Quote it when you ask for help. */
  readonly correlationId: string | undefined;
  /** How long the server asks to wait, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** The fields that were not valid. */
  readonly errors: Problem['errors'];
  /** Whether the same call may succeed later: there was no answer, or 429, 502, 503 or 504. */
  readonly isTransient: boolean;
  /**
   * Whether a try of the call got no answer, so that it may have been carried out all the same. EMAIL_TAKEN for a
   * `register` of which this is true may mean that the account is your own: log in.
   */
  readonly isUncertain: boolean;

  constructor(failure: Failure) {
    const { code, detail, operation, status, cause } = failure;
    const where = operation === undefined ? '' : `${operation}: `;
    super(`${where}${detail} (${status === undefined ? code : `${status} ${code}`})`, { cause });
    this.code = code;
    this.detail = detail;
    this.operation = operation;
    this.status = status;
    this.title = failure.title;
    this.correlationId = failure.correlationId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.errors = failure.errors;
    this.isTransient = failure.isTransient ?? false;
    this.isUncertain = failure.isUncertain ?? false;
  }
}

/** Whether an error is a failure with this code. */
export const hasCode = (error: unknown, ...codes: readonly FrameFlowErrorCode[]): error is FrameFlowError =>
  error instanceof FrameFlowError && codes.includes(error.code);
