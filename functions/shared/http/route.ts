import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Access, RouteAnswer, RouteContract, RouteContracts } from '../../contracts/routes/route.ts';
import { type CallByAccess, type Operation, type Operations, Redirect } from './operation.ts';
import { correlationIdOf, type EstablishCaller, headersOf, parseInput, readJsonBody } from './request.ts';

/** The dependencies of a route. Each is built on first use. */
export interface RouteDependencies<Services> {
  readonly services: () => Promise<Services>;
  readonly establishCaller: EstablishCaller;
}

/** A route for the router. */
export interface Route<Services> {
  readonly method: RouteContract['method'];
  readonly path: string;
  handle(
    event: APIGatewayProxyEvent,
    dependencies: RouteDependencies<Services>,
  ): Promise<APIGatewayProxyResult>;
}

/** Combines each contract with its operation. */
export const createRoutes = <Contracts extends RouteContracts, Services>(
  contracts: Contracts,
  operations: Operations<Contracts, Services>,
): Route<Services>[] => keysOf(contracts).map((id) => createRoute(contracts[id], operations[id]));

const keysOf = <Contracts extends RouteContracts>(contracts: Contracts): (keyof Contracts)[] =>
  Object.keys(contracts);

const createRoute = <Contract extends RouteContract, Services>(
  contract: Contract,
  operation: Operation<Contract, Services>,
): Route<Services> => ({
  method: contract.method,
  path: contract.path,
  async handle(event, { services, establishCaller }) {
    // First, as in API Gateway: a Redis outage must not hide that the caller has no token.
    const call = await callFor<Contract['auth']>(contract.auth, event, establishCaller);
    const input: Contract['input'] = contract.input;
    const parsed = parseInput(input, {
      body: contract.input.shape.body === undefined ? undefined : readJsonBody(event),
      query: event.queryStringParameters ?? {},
      params: event.pathParameters ?? {},
      headers: headersOf(event),
    });
    return answerWith(contract.answers, await operation(parsed, await services(), call));
  },
});

type Calls = {
  readonly [Needed in Access]: (
    event: APIGatewayProxyEvent,
    establishCaller: EstablishCaller,
  ) => Promise<CallByAccess[Needed]>;
};

const callOf = (event: APIGatewayProxyEvent): CallByAccess['none'] => ({
  sourceIp: event.requestContext.identity.sourceIp,
  correlationId: correlationIdOf(event),
});

const CALLS: Calls = {
  none: async (event) => callOf(event),
  user: async (event, establishCaller) => ({ ...callOf(event), caller: await establishCaller(event) }),
};

const callFor = <Needed extends Access>(
  access: Needed,
  event: APIGatewayProxyEvent,
  establishCaller: EstablishCaller,
): Promise<CallByAccess[Needed]> => CALLS[access](event, establishCaller);

/** Builds the contract's response for the operation's output. An output that does not match is a bug of ours (500). */
const answerWith = (answers: RouteContract['answers'], output: unknown): APIGatewayProxyResult => {
  const kind = output instanceof Redirect ? 'redirect' : output === undefined ? 'empty' : 'json';
  for (const [status, answer] of Object.entries(answers)) {
    if (answer.kind === kind) return { statusCode: Number(status), ...contentOf(answer, output) };
  }
  throw new Error(`The contract has no answer of kind ${kind}`);
};

const contentOf = (
  answer: RouteAnswer,
  output: unknown,
): Pick<APIGatewayProxyResult, 'body'> & { headers: Record<string, string> } => {
  if (answer.kind === 'json') {
    return {
      headers: { ...answer.headers, 'content-type': 'application/json' },
      body: JSON.stringify(answer.schema.parse(output)),
    };
  }
  return { headers: output instanceof Redirect ? { location: output.location } : {}, body: '' };
};
