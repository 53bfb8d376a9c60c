import middy from '@middy/core';
import httpCors from '@middy/http-cors';
import httpRouter from '@middy/http-router';
import httpSecurityHeaders from '@middy/http-security-headers';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import * as z from 'zod';
import { ENV_ALLOWED_ORIGINS } from '../../contracts/env.ts';
import { PROBLEMS } from '../../contracts/problems.ts';
import type { RouteContracts } from '../../contracts/routes/route.ts';
import { callerFromEnvironment } from '../access/establish-caller.ts';
import { once } from '../config/cold-start.ts';
import { lazyEnv } from '../config/env.ts';
import { AppError } from '../errors/app-error.ts';
import { logger } from '../logging/logger.ts';
import type { Operations } from './operation.ts';
import { problemResponse, toAppError } from './problem.ts';
import { createRoutes, type Route } from './route.ts';

/** A context's operations and its cold start. */
export interface HttpHandlerOptions<Contracts extends RouteContracts, Services> {
  readonly contracts: Contracts;
  readonly operations: Operations<Contracts, Services>;
  readonly build: () => Promise<Services>;
}

const corsEnv = lazyEnv(
  z.object({
    [ENV_ALLOWED_ORIGINS]: z.string().transform((list) => list.split(',').filter((origin) => origin !== '')),
  }),
);

/** The headers for documents are off: all responses are JSON, and the policy below forbids everything else. */
const SECURITY_HEADERS = {
  contentSecurityPolicy: false,
  crossOriginEmbedderPolicy: false,
  crossOriginOpenerPolicy: false,
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  permissionsPolicy: false,
} as const;
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Creates the handler of a context's HTTP function. It finds the operation, parses the request, runs the operation and
 * validates the response; errors become problem+json. The environment decides how access tokens are checked
 * (access/establish-caller.ts). CORS is registered before the error mapper, so that errors have its headers too (middy
 * runs both in reverse order).
 */
export const createHttpHandler = <const Contracts extends RouteContracts, Services>({
  contracts,
  operations,
  build,
}: HttpHandlerOptions<Contracts, Services>) => {
  const routes = createRoutes(contracts, operations);
  const services = once(build);
  const establishCaller = callerFromEnvironment();
  const router = httpRouter<APIGatewayProxyEvent, APIGatewayProxyResult>({
    routes: [
      ...routes.map((route) => ({
        method: route.method,
        path: route.path,
        handler: (event: APIGatewayProxyEvent) => route.handle(event, { services, establishCaller }),
      })),
      ...preflights(routes),
    ],
    notFoundResponse: () => {
      throw new AppError('NOT_FOUND');
    },
  });
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>()
    .use(
      httpCors({
        getOrigin: allowedOrigin,
        methods: [...new Set(routes.map(({ method }) => method)), 'OPTIONS'].join(','),
        headers: ['authorization', 'content-type', ...headersReadBy(contracts)].join(','),
        exposeHeaders: 'x-correlation-id,retry-after,location',
        maxAge: 7200,
        vary: 'Origin',
      }),
    )
    .use(httpSecurityHeaders(SECURITY_HEADERS))
    .use(reportErrors())
    .handler(router);
};

/** Exact matches only: `null`, suffixes and other ports are other origins. An empty string omits the header. */
const allowedOrigin = (origin: string): string => (corsEnv().ALLOWED_ORIGINS.includes(origin) ? origin : '');

/** Request headers in the contracts that need permission in a preflight. */
const headersReadBy = (contracts: RouteContracts): string[] =>
  Object.values(contracts)
    .flatMap(({ input }) => Object.keys(input.shape.headers?.shape ?? {}))
    // Needs no permission (Fetch, CORS-safelisted request headers).
    .filter((name) => name !== 'accept');

/**
 * Preflights reach the function, because API Gateway cannot choose by origin. Answers 204; middleware adds the headers.
 */
const preflights = (routes: readonly Route<never>[]) =>
  [...new Set(routes.map((route) => route.path))].map((path) => ({
    method: 'OPTIONS' as const,
    path,
    handler: async (): Promise<APIGatewayProxyResult> => ({ statusCode: 204, headers: {}, body: '' }),
  }));

/** Logs the call, adds the correlation id to the response and converts errors to problem+json. */
const reportErrors = (): middy.MiddlewareObj<
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  Error,
  Context
> => ({
  after: ({ event, response }) => {
    if (!response) return;
    const correlationId = event.requestContext.requestId;
    response.headers = { ...commonHeaders(correlationId), ...response.headers };
    logger.info('Request', {
      method: event.httpMethod,
      route: event.resource,
      status: response.statusCode,
      correlationId,
    });
  },
  onError: (request) => {
    const correlationId = request.event.requestContext.requestId;
    const error = toAppError(request.error);
    const { status } = PROBLEMS[error.code];
    const line = {
      method: request.event.httpMethod,
      route: request.event.resource,
      status,
      code: error.code,
      correlationId,
    };
    if (status >= 500) logger.error('Request failed', { ...line, error: request.error ?? error });
    else logger.info('Request refused', line);
    const response = problemResponse(error, correlationId);
    request.response = { ...response, headers: { ...commonHeaders(correlationId), ...response.headers } };
  },
});

/** Headers of every response, unless its route sets them. */
const commonHeaders = (correlationId: string) => ({
  'x-correlation-id': correlationId,
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
});
