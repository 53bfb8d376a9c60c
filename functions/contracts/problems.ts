import { MAX_JSON_BODY_BYTES, MAX_UPLOAD_BYTES } from './limits.ts';

/** All problems that the API can return. Codes are stable: clients branch on them. */
export const PROBLEM_CODES = [
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'INVALID_CURSOR',
  'INVALID_CREDENTIALS',
  'INVALID_REFRESH_TOKEN',
  'UNAUTHENTICATED',
  'FORBIDDEN',
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

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** The response for a code: the HTTP status, RFC 9457's title, and one sentence for the user. */
export interface ProblemDescription {
  readonly status: number;
  readonly title: string;
  /** An error may replace it with a more specific sentence. */
  readonly detail: string;
}

export const PROBLEMS = {
  VALIDATION_FAILED: { status: 400, title: 'Validation failed', detail: 'The request is not valid.' },
  MALFORMED_JSON: { status: 400, title: 'Malformed JSON', detail: 'The request body is not valid JSON.' },
  INVALID_CURSOR: {
    status: 400,
    title: 'Invalid cursor',
    detail: 'The cursor was not issued by this API.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    title: 'Invalid credentials',
    detail: 'The email address or the password is wrong.',
  },
  INVALID_REFRESH_TOKEN: {
    status: 401,
    title: 'Invalid refresh token',
    detail: 'The refresh token is no longer valid. Log in again.',
  },
  UNAUTHENTICATED: { status: 401, title: 'Unauthenticated', detail: 'Log in first.' },
  FORBIDDEN: { status: 403, title: 'Forbidden', detail: 'The gateway refuses this request.' },
  NOT_FOUND: { status: 404, title: 'Not found', detail: 'This path does not exist.' },
  VIDEO_NOT_FOUND: { status: 404, title: 'Video not found', detail: 'There is no such video.' },
  EMAIL_TAKEN: {
    status: 409,
    title: 'Email taken',
    detail: 'An account with this email address already exists.',
  },
  NOT_READY: { status: 409, title: 'Not ready', detail: 'The frames of this video are not ready.' },
  EXPIRED: {
    status: 410,
    title: 'Expired',
    detail: 'The download has expired. Upload the video again to get its frames.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'Payload too large',
    detail: `A request body may have at most ${MAX_JSON_BODY_BYTES} bytes.`,
  },
  FILE_TOO_LARGE: {
    status: 413,
    title: 'File too large',
    detail: `A video may have at most ${MAX_UPLOAD_BYTES} bytes.`,
  },
  UNSUPPORTED_EXTENSION: {
    status: 415,
    title: 'Unsupported extension',
    detail: "The file's name must end in a supported extension.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was already used for another request.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many attempts. Wait before you try again.',
  },
  INTERNAL: { status: 500, title: 'Internal error', detail: 'Something went wrong on our side.' },
  UNAVAILABLE: { status: 503, title: 'Unavailable', detail: 'The service is temporarily unavailable.' },
} as const satisfies Record<ProblemCode, ProblemDescription>;

/** The next step for each problem, one sentence. Documentation and clients show it beside the detail. */
export const NEXT_STEPS: Readonly<Record<ProblemCode, string>> = {
  VALIDATION_FAILED: 'Correct the fields that `errors` names and send the request again.',
  MALFORMED_JSON: 'Send a body that a JSON parser accepts.',
  INVALID_CURSOR: 'Use `nextCursor` of the previous page, or start with the first page.',
  INVALID_CREDENTIALS: 'Check the email address and the password.',
  INVALID_REFRESH_TOKEN: 'Log in again.',
  UNAUTHENTICATED: 'Log in, or renew the access token with the refresh token.',
  FORBIDDEN: 'Send the request from another network, or ask the operator.',
  NOT_FOUND: 'Check the path and the method against the documentation.',
  VIDEO_NOT_FOUND: 'List your videos: it may have been deleted, or it belongs to another user.',
  EMAIL_TAKEN: 'Log in, or register with another email address.',
  NOT_READY: 'Read the detail: wait until the video is READY, or upload it again.',
  EXPIRED: 'Upload the video again.',
  PAYLOAD_TOO_LARGE: 'Send a smaller body.',
  FILE_TOO_LARGE: 'Cut or compress the video and upload the smaller file.',
  UNSUPPORTED_EXTENSION: 'Convert the video, or give the file the extension of its format.',
  UNSUPPORTED_MEDIA_TYPE: 'Set the header Content-Type to application/json.',
  IDEMPOTENCY_KEY_REUSED: 'Use a new key for a new request, or repeat the first request unchanged.',
  TOO_MANY_REQUESTS: 'Wait the number of seconds in the header Retry-After.',
  INTERNAL: 'Try again later. If the problem continues, send the correlation id to the operator.',
  UNAVAILABLE: 'Try again after the number of seconds in the header Retry-After.',
};

/** A problem's `type` (RFC 9457, 3.1.1): the link to its code in the documentation, relative to the API's address. */
export const problemType = (code: ProblemCode): string => `/docs/problems#${code}`;
