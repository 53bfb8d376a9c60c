import type { ErrorCode } from '../errors/app-error.ts';

/** HTTP status and RFC 9457 title of each error code. */
export const STATUS_BY_CODE = {
  VALIDATION_FAILED: { status: 400, title: 'Validation failed' },
  MALFORMED_JSON: { status: 400, title: 'Malformed JSON' },
  INVALID_CURSOR: { status: 400, title: 'Invalid cursor' },
  INVALID_CREDENTIALS: { status: 401, title: 'Invalid credentials' },
  INVALID_REFRESH_TOKEN: { status: 401, title: 'Invalid refresh token' },
  UNAUTHENTICATED: { status: 401, title: 'Unauthenticated' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  VIDEO_NOT_FOUND: { status: 404, title: 'Video not found' },
  EMAIL_TAKEN: { status: 409, title: 'Email taken' },
  NOT_READY: { status: 409, title: 'Not ready' },
  EXPIRED: { status: 410, title: 'Expired' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Payload too large' },
  FILE_TOO_LARGE: { status: 413, title: 'File too large' },
  UNSUPPORTED_EXTENSION: { status: 415, title: 'Unsupported extension' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency key reused' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Internal error' },
  UNAVAILABLE: { status: 503, title: 'Unavailable' },
} as const satisfies Record<ErrorCode, { status: number; title: string }>;
