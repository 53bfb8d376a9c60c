import type { GatewayResponseModel } from '../template/model.ts';
import { type ApiRequest, headerOf } from './request.ts';

/**
 * API Gateway's own answers: status, message and the error type in the header. The template may replace status and
 * message.
 */
const BUILT_IN = {
  ACCESS_DENIED: [403, 'User is not authorized to access this resource', 'AccessDeniedException'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'Internal server error', 'AuthorizerConfigurationException'],
  AUTHORIZER_FAILURE: [500, 'Internal server error', 'AuthorizerFailureException'],
  BAD_REQUEST_PARAMETERS: [400, 'Bad Request', 'BadRequestException'],
  INTEGRATION_FAILURE: [504, 'Internal server error', 'InternalServerErrorException'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out', 'InternalServerErrorException'],
  /** The Lambda failed or its answer is malformed. The gateway response DEFAULT_5XX applies. */
  LAMBDA_FAILURE: [502, 'Internal server error', 'InternalServerErrorException'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long', 'RequestTooLongException'],
  THROTTLED: [429, 'Too Many Requests', 'TooManyRequestsException'],
  UNAUTHORIZED: [401, 'Unauthorized', 'UnauthorizedException'],
} as const satisfies Record<string, readonly [status: number, message: string, errorType: string]>;

/** The reason why API Gateway answers a call instead of the function. */
export interface GatewayFailure {
  readonly type: keyof typeof BUILT_IN;
  /** Replaces the type's own message. */
  readonly message?: string;
}

export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DEFAULT_TEMPLATES = { 'application/json': '{"message":$context.error.messageString}' };

type Variables = Readonly<Record<string, string>>;

/**
 * The answer to a failed call. The template's gateway response for its type comes first, then the one for its status
 * class, then API Gateway's own answer.
 */
export const gatewayAnswer = (
  models: readonly GatewayResponseModel[],
  { type, message }: GatewayFailure,
  request: ApiRequest,
  resourcePath: string,
  stageName: string,
): GatewayAnswer => {
  const [builtInStatus, builtInMessage, errorType] = BUILT_IN[type];
  const forClass = builtInStatus >= 500 ? 'DEFAULT_5XX' : 'DEFAULT_4XX';
  const own = models.find((model) => model.type === type);
  const model = own ?? models.find((candidate) => candidate.type === forClass);
  const text = message ?? builtInMessage;
  const variables = {
    requestId: request.requestId,
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    path: request.path,
    resourcePath,
    stage: stageName,
    requestTimeEpoch: String(request.receivedAt.getTime()),
    'identity.sourceIp': request.sourceIp,
    'error.message': text,
    'error.messageString': JSON.stringify(text),
    'error.responseType': type === 'LAMBDA_FAILURE' ? forClass : type,
  };
  const templates =
    Object.keys(model?.templates ?? {}).length > 0 ? (model?.templates ?? {}) : DEFAULT_TEMPLATES;
  const [contentType, template] = chooseTemplate(templates, headerOf(request, 'accept')) ?? [
    'application/json',
    '',
  ];
  const headers = Object.entries(model?.headers ?? {}).flatMap(([name, expression]) => {
    const value = mapped(expression, request, variables);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    statusCode: model?.statusCode ?? builtInStatus,
    headers: { 'Content-Type': contentType, 'x-amzn-ErrorType': errorType, ...Object.fromEntries(headers) },
    body: fill(template, variables),
  };
};

const chooseTemplate = (templates: Readonly<Record<string, string>>, accept: string | undefined) => {
  const offered = Object.entries(templates);
  const accepted = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim());
  return (
    offered.find(([type]) => accepted.includes(type)) ??
    offered.find(([type]) => type === 'application/json') ??
    offered[0]
  );
};

/** Evaluates a mapping expression: a text in quotes, or a value from the context or the request. */
const mapped = (expression: string, request: ApiRequest, variables: Variables): string | undefined => {
  const literal = /^'(.*)'$/s.exec(expression)?.[1];
  if (literal !== undefined) return literal;
  if (expression.startsWith('context.')) return variables[expression.slice('context.'.length)];
  const [, place, name = ''] = /^method\.request\.(header|querystring)\.(.+)$/.exec(expression) ?? [];
  if (place === 'header') return headerOf(request, name);
  if (place === 'querystring') return request.query.get(name) ?? undefined;
  return undefined;
};

const fill = (template: string, variables: Variables): string =>
  template.replaceAll(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_, name: string) => variables[name] ?? '');
