import type { ProblemCode } from '../functions/contracts/problems.ts';

/** A header of an answer, for the document. */
export interface AnswerHeader {
  readonly description: string;
  readonly required?: boolean;
  readonly schema: { readonly type: 'string' | 'integer'; readonly minimum?: number };
  readonly example: string | number;
}

const text = { type: 'string' } as const;

/** The headers of answers, by name: components of the document. */
export const ANSWER_HEADERS = {
  'X-Correlation-Id': {
    description:
      'The id of the call. Logs and events of the service carry it too. Quote it when you ask for help. An answer that the ' +
      'gateway gave by itself has it in its body alone.',
    schema: text,
    example: '2f6d0c1e-7f0e-4f55-8f6a-0d8c2b6a4c11',
  },
  'Cache-Control': {
    description: 'For how long the answer may be stored: `no-store` for almost all of them.',
    schema: text,
    example: 'no-store',
  },
  Location: {
    description: 'The address of the ZIP. It works for a few minutes, without an access token.',
    required: true,
    schema: text,
    example:
      'https://frame-flow-videos.s3.us-east-1.amazonaws.com/users/019a6f0e/frames.zip?X-Amz-Signature=9c1e',
  },
  'Retry-After': {
    description: 'After how many seconds the call may be repeated.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    example: 5,
  },
  'WWW-Authenticate': {
    description: 'How to authenticate: with an access token (RFC 6750).',
    required: true,
    schema: text,
    example: 'Bearer',
  },
} as const satisfies Readonly<Record<string, AnswerHeader>>;

export type AnswerHeaderName = keyof typeof ANSWER_HEADERS;

/** Headers of every answer. */
export const COMMON_HEADERS: readonly AnswerHeaderName[] = ['X-Correlation-Id', 'Cache-Control'];

/** Further headers of a problem, by its code. */
export const HEADERS_OF_PROBLEMS: Readonly<Partial<Record<ProblemCode, AnswerHeaderName>>> = {
  UNAUTHENTICATED: 'WWW-Authenticate',
  TOO_MANY_REQUESTS: 'Retry-After',
  UNAVAILABLE: 'Retry-After',
};
