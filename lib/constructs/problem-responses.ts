import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { UNAUTHENTICATED_DETAIL } from '../../functions/contracts/access.ts';
import { UNAVAILABLE_RETRY_AFTER_SECONDS } from '../../functions/contracts/answer-times.ts';

/** What API Gateway answers by itself, as RFC 9457 problems with the codes that the functions use too. */
interface GatewayProblem {
  readonly type: ResponseType;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const UNAUTHENTICATED = {
  status: 401,
  code: 'UNAUTHENTICATED',
  title: 'Unauthenticated',
  detail: UNAUTHENTICATED_DETAIL,
  headers: { 'WWW-Authenticate': 'Bearer' },
} as const;
const FORBIDDEN = { status: 403, code: 'FORBIDDEN', title: 'Forbidden' } as const;
const NOT_FOUND = { status: 404, code: 'NOT_FOUND', title: 'Not found' } as const;
const VALIDATION_FAILED = { status: 400, code: 'VALIDATION_FAILED', title: 'Validation failed' } as const;
const TOO_MANY_REQUESTS = {
  status: 429,
  code: 'TOO_MANY_REQUESTS',
  title: 'Too many requests',
  headers: { 'Retry-After': '1' },
} as const;
const INTERNAL = { status: 500, code: 'INTERNAL', title: 'Internal error' } as const;
const UNAVAILABLE = {
  status: 503,
  code: 'UNAVAILABLE',
  title: 'Unavailable',
  headers: { 'Retry-After': String(UNAVAILABLE_RETRY_AFTER_SECONDS) },
} as const;

/** Every type there is by name, because a default cannot say the status of each in its body. */
const PROBLEMS: readonly GatewayProblem[] = [
  { type: ResponseType.DEFAULT_4XX, ...VALIDATION_FAILED },
  // What API Gateway says of a function that crashed, was killed or ran out of time: the next call may be answered.
  { type: ResponseType.DEFAULT_5XX, ...UNAVAILABLE },
  { type: ResponseType.UNAUTHORIZED, ...UNAUTHENTICATED },
  { type: ResponseType.EXPIRED_TOKEN, ...UNAUTHENTICATED },
  { type: ResponseType.INVALID_SIGNATURE, ...UNAUTHENTICATED },
  { type: ResponseType.ACCESS_DENIED, ...FORBIDDEN },
  { type: ResponseType.INVALID_API_KEY, ...FORBIDDEN },
  { type: ResponseType.WAF_FILTERED, ...FORBIDDEN },
  // What API Gateway says of a path that it does not know.
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, ...NOT_FOUND },
  { type: ResponseType.RESOURCE_NOT_FOUND, ...NOT_FOUND },
  { type: ResponseType.BAD_REQUEST_BODY, ...VALIDATION_FAILED },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, ...VALIDATION_FAILED },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    title: 'Payload too large',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    title: 'Unsupported media type',
  },
  { type: ResponseType.THROTTLED, ...TOO_MANY_REQUESTS },
  { type: ResponseType.QUOTA_EXCEEDED, ...TOO_MANY_REQUESTS },
  { type: ResponseType.API_CONFIGURATION_ERROR, ...INTERNAL },
  { type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR, ...INTERNAL },
  { type: ResponseType.AUTHORIZER_FAILURE, ...UNAVAILABLE },
  { type: ResponseType.INTEGRATION_FAILURE, ...UNAVAILABLE },
  { type: ResponseType.INTEGRATION_TIMEOUT, ...UNAVAILABLE },
];

/**
 * Answers whatever API Gateway refuses by itself as `application/problem+json`. A gateway response cannot echo the
 * caller's origin, so browsers may read it from the first allowed origin alone.
 */
export const addProblemResponses = (api: RestApi, allowedOrigins: readonly string[]): void => {
  const [origin] = allowedOrigins;
  for (const { type, status, code, title, detail, headers } of PROBLEMS) {
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': `'application/problem+json'`,
        ...(origin && { 'Access-Control-Allow-Origin': `'${origin}'`, Vary: `'Origin'` }),
        ...quoted(headers ?? {}),
      },
      templates: {
        'application/json': JSON.stringify({
          type: 'about:blank',
          title,
          status,
          code,
          ...(detail && { detail }),
          correlationId: '$context.requestId',
        }),
      },
    });
  }
};

/** A static value is quoted in API Gateway's mapping language. */
const quoted = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
