import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { ACCOUNT_ID } from '../constants.ts';
import type { ApiModel } from '../template/model.ts';
import { arnOf } from '../template/physical-names.ts';
import { type ApiRequest, headerOf } from './request.ts';
import type { RouteMatch } from './router.ts';

/** An authorizer's description of the caller. API Gateway passes all values on as strings. */
export interface CallerContext {
  readonly principalId: string;
  readonly values: Readonly<Record<string, string>>;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Whether the API treats this content type as binary. */
const isBinary = (api: ApiModel, contentType: string | undefined): boolean => {
  const [media = ''] = (contentType ?? '').split(';');
  const [type] = media.trim().split('/');
  return api.binaryMediaTypes.some((candidate) => ['*/*', media.trim(), `${type}/*`].includes(candidate));
};

/** The method's ARN, to which an authorizer's policy refers. */
export const methodArn = (api: ApiModel, request: ApiRequest): string =>
  `${arnOf('execute-api', api.id)}/${api.stageName}/${request.method}${request.path === '/' ? '/' : request.path}`;

type RequestContext = APIGatewayProxyEvent['requestContext'];

/** The event of a Lambda proxy integration, format 1.0. */
export const proxyEvent = (
  api: ApiModel,
  request: ApiRequest,
  match: RouteMatch,
  caller: CallerContext | undefined,
): APIGatewayProxyEvent => {
  const binary = isBinary(api, headerOf(request, 'content-type'));
  return {
    ...common(request, match),
    requestContext: requestContext(api, request, match, caller),
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary && request.body.length > 0,
  };
};

const common = (request: ApiRequest, match: RouteMatch) => ({
  resource: match.route.path,
  path: request.path,
  httpMethod: request.method,
  headers: last(request.headers),
  multiValueHeaders: all(request.headers),
  queryStringParameters: orNull(last([...request.query])),
  multiValueQueryStringParameters: orNull(all([...request.query])),
  pathParameters: orNull({ ...match.pathParameters }),
  stageVariables: null,
});

const last = (pairs: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(pairs);

/** Keeps a name such as `__proto__` a name: an assignment to it would not. */
const all = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(pairs, ([name]) => name)].map(([name, values]) => [
      name,
      values.map(([, value]) => value),
    ]),
  );

const orNull = <Value extends object>(value: Value): Value | null =>
  Object.keys(value).length === 0 ? null : value;

const requestContext = (
  api: ApiModel,
  request: ApiRequest,
  match: RouteMatch,
  caller: CallerContext | undefined,
): RequestContext => ({
  accountId: ACCOUNT_ID,
  apiId: api.id,
  authorizer:
    caller === undefined
      ? null
      : { ...caller.values, principalId: caller.principalId, integrationLatency: 0 },
  domainName: headerOf(request, 'host') ?? 'localhost',
  domainPrefix: api.id,
  extendedRequestId: request.requestId,
  httpMethod: request.method,
  identity: {
    accessKey: null,
    accountId: null,
    apiKey: null,
    apiKeyId: null,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: null,
    userAgent: headerOf(request, 'user-agent') ?? null,
    userArn: null,
  },
  path: `/${api.stageName}${request.path}`,
  protocol: request.protocol,
  requestId: request.requestId,
  requestTime: requestTime(request.receivedAt),
  requestTimeEpoch: request.receivedAt.getTime(),
  resourceId: match.route.logicalId,
  resourcePath: match.route.path,
  stage: api.stageName,
});

/** `09/Apr/2015:12:34:56 +0000` */
const requestTime = (at: Date): string => {
  const [date = '', time = ''] = at.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
};

/** The event of a REQUEST authorizer. */
export const authorizerRequestEvent = (
  api: ApiModel,
  request: ApiRequest,
  match: RouteMatch,
): APIGatewayRequestAuthorizerEvent => ({
  type: 'REQUEST',
  methodArn: methodArn(api, request),
  ...common(request, match),
  requestContext: { ...requestContext(api, request, match, undefined), authorizer: undefined },
});
