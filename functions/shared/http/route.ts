import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod';
import type { CorrelationId } from '../../contracts/ids.ts';
import {
  type Caller,
  correlationIdOf,
  type EstablishCaller,
  header,
  parseInput,
  readJsonBody,
} from './request.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a use case may know of the call beyond its parsed input. `header` takes lower-case names. */
export interface Call {
  header(name: string): string | undefined;
  sourceIp: string;
  correlationId: CorrelationId;
}

/** A call by a user whose access token was checked. */
export interface UserCall extends Call {
  caller: Caller;
}

/** An answer that points elsewhere instead of carrying a body. */
export class Redirect {
  readonly location: string;
  constructor(location: string) {
    this.location = location;
  }
}

/** What a route declares: schemas in and out, status, use case. */
export interface RouteOptions<
  Services,
  Input extends z.ZodType,
  Answer extends z.ZodType,
  Context extends Call,
> {
  method: Method;
  /** As API Gateway writes it: `/videos/{id}`. */
  path: string;
  /** Schema of `{ body, query, params }`: an object with those of the three that the route reads. */
  input: Input;
  /** Schema of the answer's body, `z.void()` for none. An answer that does not fit is our bug (500). */
  answer: Answer;
  status: number;
  /** Headers of every successful answer. */
  headers?: Readonly<Record<string, string>>;
  run: (input: z.output<Input>, services: Services, call: Context) => Promise<z.input<Answer> | Redirect>;
}

/** What a route gets from the cold start, each built on first use. */
export interface RouteDependencies<Services> {
  services: () => Promise<Services>;
  establishCaller: EstablishCaller;
}

/** A route, ready for the router. */
export interface Route<Services> {
  method: Method;
  path: string;
  handle(
    event: APIGatewayProxyEvent,
    dependencies: RouteDependencies<Services>,
  ): Promise<APIGatewayProxyResult>;
}

/** A route that anybody may call. */
export const publicRoute = <Services, Input extends z.ZodType, Answer extends z.ZodType>(
  options: RouteOptions<Services, Input, Answer, Call>,
): Route<Services> => toRoute(options, async (event) => callOf(event));

/** A route for users with a valid access token; to others it answers UNAUTHENTICATED. */
export const userRoute = <Services, Input extends z.ZodType, Answer extends z.ZodType>(
  options: RouteOptions<Services, Input, Answer, UserCall>,
): Route<Services> =>
  toRoute(options, async (event, establishCaller) => ({
    ...callOf(event),
    caller: await establishCaller(event),
  }));

const callOf = (event: APIGatewayProxyEvent): Call => ({
  header: (name) => header(event, name),
  sourceIp: event.requestContext.identity.sourceIp,
  correlationId: correlationIdOf(event),
});

const toRoute = <Services, Input extends z.ZodType, Answer extends z.ZodType, Context extends Call>(
  options: RouteOptions<Services, Input, Answer, Context>,
  contextOf: (event: APIGatewayProxyEvent, establishCaller: EstablishCaller) => Promise<Context>,
): Route<Services> => ({
  method: options.method,
  path: options.path,
  async handle(event, { services, establishCaller }) {
    // Before anything else, as API Gateway does it: an outage of Redis must not hide that a caller has no token.
    const context = await contextOf(event, establishCaller);
    const carriesBody = options.method === 'POST' || options.method === 'PATCH';
    const input = parseInput(options.input, {
      body: carriesBody ? readJsonBody(event) : undefined,
      query: event.queryStringParameters ?? {},
      params: event.pathParameters ?? {},
    });
    const output = await options.run(input, await services(), context);
    const headers = { ...options.headers };
    if (output instanceof Redirect) {
      return { statusCode: 302, headers: { ...headers, location: output.location }, body: '' };
    }
    const answer = options.answer.parse(output);
    return answer === undefined
      ? { statusCode: options.status, headers, body: '' }
      : {
          statusCode: options.status,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(answer),
        };
  },
});
