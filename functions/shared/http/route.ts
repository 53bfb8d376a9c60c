import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod';
import type { CorrelationId } from '../../contracts/ids.ts';
import { type Caller, callerOf, correlationIdOf, header, parseInput, readJsonBody } from './request.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a use case may know of the call beyond its parsed input. `header` takes lower-case names. */
export interface Call {
  header(name: string): string | undefined;
  sourceIp: string;
  correlationId: CorrelationId;
}

/** A call by the user whom the authorizer established. */
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

/** A route, ready for the router. */
export interface Route<Services> {
  method: Method;
  path: string;
  handle(event: APIGatewayProxyEvent, services: Services): Promise<APIGatewayProxyResult>;
}

/** A route that anybody may call. */
export const publicRoute = <Services, Input extends z.ZodType, Answer extends z.ZodType>(
  options: RouteOptions<Services, Input, Answer, Call>,
): Route<Services> => toRoute(options, callOf);

/** A route for the user whom the authorizer established; without one it answers UNAUTHENTICATED. */
export const userRoute = <Services, Input extends z.ZodType, Answer extends z.ZodType>(
  options: RouteOptions<Services, Input, Answer, UserCall>,
): Route<Services> => toRoute(options, (event) => ({ ...callOf(event), caller: callerOf(event) }));

const callOf = (event: APIGatewayProxyEvent): Call => ({
  header: (name) => header(event, name),
  sourceIp: event.requestContext.identity.sourceIp,
  correlationId: correlationIdOf(event),
});

const toRoute = <Services, Input extends z.ZodType, Answer extends z.ZodType, Context extends Call>(
  options: RouteOptions<Services, Input, Answer, Context>,
  contextOf: (event: APIGatewayProxyEvent) => Context,
): Route<Services> => ({
  method: options.method,
  path: options.path,
  async handle(event, services) {
    const context = contextOf(event);
    const carriesBody = options.method === 'POST' || options.method === 'PATCH';
    const input = parseInput(options.input, {
      body: carriesBody ? readJsonBody(event) : undefined,
      query: event.queryStringParameters ?? {},
      params: event.pathParameters ?? {},
    });
    const output = await options.run(input, services, context);
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
