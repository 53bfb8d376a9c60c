import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { InvokeFunction } from '../lambda/invoke.ts';
import type { Log } from '../log.ts';
import type { ApiModel } from '../template/model.ts';
import { Authorizers } from './authorizer.ts';
import { type CallerContext, proxyEvent } from './event.ts';
import { type GatewayFailure, gatewayAnswer } from './gateway-responses.ts';
import { type LambdaAnswer, readLambdaAnswer } from './lambda-answer.ts';
import { type ApiRequest, readBody, readHead } from './request.ts';
import { createRouter, type RouteMatch } from './router.ts';

export interface FrontDoorServices {
  readonly invoke: InvokeFunction;
  readonly log: Log;
  /** The current time in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Serves the template's REST API, as API Gateway does. */
export const createFrontDoor = (api: ApiModel, services: FrontDoorServices): RequestListener => {
  const findRoute = createRouter(api.routes);
  const authorizers = new Authorizers(api, services.invoke, services.now ?? Date.now);

  const integrate = async (
    request: ApiRequest,
    match: RouteMatch,
    caller: CallerContext | undefined,
  ): Promise<LambdaAnswer | GatewayFailure> => {
    const event = JSON.stringify(proxyEvent(api, request, match, caller));
    const abandoned = new AbortController();
    const timeout = sleep(match.route.timeoutMilliseconds, 'timeout' as const, { signal: abandoned.signal });
    timeout.catch(() => {});
    const result = await Promise.race([services.invoke(match.route.functionArn, event), timeout]);
    abandoned.abort();
    if (result === 'timeout') return { type: 'INTEGRATION_TIMEOUT' };
    if (result.kind === 'throttled') return { type: 'THROTTLED' };
    if (result.kind === 'error') return { type: 'LAMBDA_FAILURE' };
    const answer = readLambdaAnswer(result.payload);
    if (answer !== undefined) return answer;
    services.log.warn(`${request.method} ${match.route.path}: the function's answer is malformed`);
    return { type: 'LAMBDA_FAILURE' };
  };

  const find = (request: Omit<ApiRequest, 'body'>): RouteMatch | GatewayFailure => {
    try {
      return findRoute(request.method, request.path) ?? { type: 'MISSING_AUTHENTICATION_TOKEN' };
    } catch {
      return { type: 'BAD_REQUEST_PARAMETERS', message: 'Bad Request' };
    }
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const head = readHead(incoming, randomUUID());
    const body = await readBody(incoming);
    const request: ApiRequest = { ...head, body: body === 'too-large' ? Buffer.alloc(0) : body };
    const match = find(request);
    const fail = (failure: GatewayFailure) => {
      const path = 'route' in match ? match.route.path : request.path;
      const answer = gatewayAnswer(api.gatewayResponses, failure, request, path, api.stageName);
      send(response, request.requestId, answer);
    };
    if (body === 'too-large') return fail({ type: 'REQUEST_TOO_LARGE' });
    if ('type' in match) return fail(match);
    let caller: CallerContext | undefined;
    if (match.route.authorizer !== undefined) {
      const authorization = await authorizers.authorize(match.route.authorizer, request, match);
      if (authorization.kind === 'refused') return fail(authorization.failure);
      caller = authorization.caller;
    }
    const answer = await integrate(request, match, caller);
    if ('type' in answer) return fail(answer);
    send(response, request.requestId, answer);
  };

  return (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      if (!response.destroyed) services.log.warn(`${incoming.method} ${incoming.url}: ${messageOf(error)}`);
      response.destroy();
    });
  };
};

const send = (
  response: ServerResponse,
  requestId: string,
  { statusCode, headers, body }: Pick<LambdaAnswer, 'statusCode' | 'headers'> & { body: Buffer | string },
): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(statusCode, {
    ...headers,
    'x-amzn-RequestId': requestId,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
};
