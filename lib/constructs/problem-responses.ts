import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { UNAVAILABLE_RETRY_AFTER_SECONDS } from '../../functions/contracts/answer-times.ts';
import type { Problem } from '../../functions/contracts/problem.ts';
import { PROBLEMS, type ProblemCode, problemType } from '../../functions/contracts/problems.ts';

/** Lists every type, because a default response cannot contain the status of each type in its body. */
const CODES: readonly (readonly [ResponseType, ProblemCode])[] = [
  [ResponseType.DEFAULT_4XX, 'VALIDATION_FAILED'],
  // API Gateway's response if a function crashed, was killed or timed out. The next call may succeed.
  [ResponseType.DEFAULT_5XX, 'UNAVAILABLE'],
  [ResponseType.UNAUTHORIZED, 'UNAUTHENTICATED'],
  [ResponseType.EXPIRED_TOKEN, 'UNAUTHENTICATED'],
  [ResponseType.INVALID_SIGNATURE, 'UNAUTHENTICATED'],
  [ResponseType.ACCESS_DENIED, 'FORBIDDEN'],
  [ResponseType.INVALID_API_KEY, 'FORBIDDEN'],
  [ResponseType.WAF_FILTERED, 'FORBIDDEN'],
  // API Gateway's response for an unknown path.
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, 'NOT_FOUND'],
  [ResponseType.RESOURCE_NOT_FOUND, 'NOT_FOUND'],
  [ResponseType.BAD_REQUEST_BODY, 'VALIDATION_FAILED'],
  [ResponseType.BAD_REQUEST_PARAMETERS, 'VALIDATION_FAILED'],
  [ResponseType.REQUEST_TOO_LARGE, 'PAYLOAD_TOO_LARGE'],
  [ResponseType.UNSUPPORTED_MEDIA_TYPE, 'UNSUPPORTED_MEDIA_TYPE'],
  [ResponseType.THROTTLED, 'TOO_MANY_REQUESTS'],
  [ResponseType.QUOTA_EXCEEDED, 'TOO_MANY_REQUESTS'],
  [ResponseType.API_CONFIGURATION_ERROR, 'INTERNAL'],
  [ResponseType.AUTHORIZER_CONFIGURATION_ERROR, 'INTERNAL'],
  [ResponseType.AUTHORIZER_FAILURE, 'UNAVAILABLE'],
  [ResponseType.INTEGRATION_FAILURE, 'UNAVAILABLE'],
  [ResponseType.INTEGRATION_TIMEOUT, 'UNAVAILABLE'],
];

const HEADERS: Partial<Record<ProblemCode, Readonly<Record<string, string>>>> = {
  UNAUTHENTICATED: { 'WWW-Authenticate': 'Bearer' },
  TOO_MANY_REQUESTS: { 'Retry-After': '1' },
  UNAVAILABLE: { 'Retry-After': String(UNAVAILABLE_RETRY_AFTER_SECONDS) },
};

/**
 * Makes all refusals of API Gateway itself `application/problem+json`, with the codes of `PROBLEMS`. A gateway response
 * cannot echo the caller's origin, so browsers can read it only from the first allowed origin.
 */
export const addProblemResponses = (api: RestApi, allowedOrigins: readonly string[]): void => {
  const [origin] = allowedOrigins;
  for (const [type, code] of CODES) {
    const { status, title, detail } = PROBLEMS[code];
    const problem: Problem = {
      type: problemType(code),
      title,
      status,
      code,
      detail,
      correlationId: '$context.requestId',
    };
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': `'application/problem+json'`,
        ...(origin && { 'Access-Control-Allow-Origin': `'${origin}'`, Vary: `'Origin'` }),
        ...quoted(HEADERS[code] ?? {}),
      },
      templates: { 'application/json': JSON.stringify(problem) },
    });
  }
};

/** Static values are quoted in API Gateway's mapping language. */
const quoted = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
