import type * as z from 'zod';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiRequestBodyObject,
} from 'zod-openapi';
import { ROUTE_EXAMPLES, type RouteExample } from '../functions/contracts/route-examples.ts';
import { ROUTE_TEXTS } from '../functions/contracts/route-texts.ts';
import type { RouteContract } from '../functions/contracts/routes/route.ts';
import { type OperationId, ROUTES } from '../functions/contracts/routes.ts';
import { describedParameters } from './parameters.ts';
import { responsesOf } from './responses.ts';
import { ACCESS_TOKEN } from './security.ts';

/** Every operation of the registry, by path and method. */
export const openApiPaths = (): ZodOpenApiPathsObject => {
  const paths: ZodOpenApiPathsObject = {};
  for (const id of operationIds()) {
    const { method, path } = ROUTES[id];
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(id) };
  }
  return paths;
};

const operationIds = (): OperationId[] =>
  Object.keys(ROUTES).filter((id): id is OperationId => Object.hasOwn(ROUTE_TEXTS, id));

const operationOf = (id: OperationId): ZodOpenApiOperationObject => {
  const contract: RouteContract = ROUTES[id];
  const examples: Readonly<Record<string, RouteExample<RouteContract>>> = ROUTE_EXAMPLES[id];
  const { tag, summary, description } = ROUTE_TEXTS[id];
  const { params, query, headers, body } = contract.input.shape;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: contract.auth === 'user' ? [{ [ACCESS_TOKEN]: [] }] : [],
    requestParams: {
      ...(params && { path: describedParameters(params) }),
      ...(query && { query: describedParameters(query) }),
      ...(headers && { header: describedParameters(headers) }),
    },
    ...(body && { requestBody: requestBodyOf(body, examples) }),
    responses: responsesOf(contract, examples),
  };
};

const requestBodyOf = (
  schema: z.ZodType,
  examples: Readonly<Record<string, RouteExample<RouteContract>>>,
): ZodOpenApiRequestBodyObject => ({
  required: true,
  content: {
    'application/json': {
      schema,
      examples: Object.fromEntries(
        Object.entries(examples).map(([name, { summary, request }]) => [
          name,
          { summary, value: request.body },
        ]),
      ),
    },
  },
});
