import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { requireDeclared } from './declared-problems.ts';

/** The parts of a call that a test sets. */
export interface CallOptions {
  method: string;
  path: string;
  /** JSON, unless `rawBody` is given. */
  body?: unknown;
  rawBody?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** The user that the authorizer would have established. */
  userId?: string;
  sessionId?: string;
  sourceIp?: string;
}

/** The event that API Gateway (REST, proxy integration) makes of a call. */
export const apiEvent = (call: CallOptions): APIGatewayProxyEvent => {
  const body = call.rawBody ?? (call.body === undefined ? null : JSON.stringify(call.body));
  const headers = { ...(body !== null && { 'Content-Type': 'application/json' }), ...call.headers };
  return {
    httpMethod: call.method,
    path: call.path,
    resource: call.path,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: call.query ?? null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body,
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      authorizer: call.userId ? { userId: call.userId, sessionId: call.sessionId ?? randomUUID() } : null,
      httpMethod: call.method,
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
        sourceIp: call.sourceIp ?? '203.0.113.7',
        user: null,
        userAgent: 'test',
        userArn: null,
      },
      path: call.path,
      protocol: 'HTTP/1.1',
      requestId: randomUUID(),
      requestTimeEpoch: 0,
      resourceId: 'test',
      resourcePath: call.path,
      stage: 'test',
    },
  };
};

/** The context of an invocation with a minute left: the tests of limits set others, and a busy machine meets this one. */
export const lambdaContext = (remainingMilliseconds = 60_000): Context => ({
  awsRequestId: randomUUID(),
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
  memoryLimitInMB: '512',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => remainingMilliseconds,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** An answer as a client reads it: headers in lower case, a JSON body parsed. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

type HttpHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Calls a handler as API Gateway would. @throws Error for a problem that the route does not declare */
export const callApi = async (handler: HttpHandler, call: CallOptions): Promise<Answer> => {
  const result = await handler(apiEvent(call), lambdaContext());
  const headers = Object.fromEntries(
    Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const body: unknown = headers['content-type']?.includes('json') ? JSON.parse(result.body) : result.body;
  if (result.statusCode >= 400) requireDeclared(call.method, call.path, body);
  return { status: result.statusCode, headers, body };
};
