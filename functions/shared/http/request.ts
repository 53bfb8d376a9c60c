import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { CorrelationId, UserId } from '../../contracts/ids.ts';
import { MAX_JSON_BODY_BYTES } from '../../contracts/limits.ts';
import { AppError, MalformedJsonError, ValidationFailedError } from '../errors/app-error.ts';

/** The body as JSON; undefined where there is none. @throws AppError for what is no JSON or too much of it. */
export const readJsonBody = (event: APIGatewayProxyEvent): unknown => {
  if (event.body === null || event.body === '') return undefined;
  const contentType = header(event, 'content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  }
  const bytes = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_JSON_BODY_BYTES) {
    throw new AppError('PAYLOAD_TOO_LARGE');
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new MalformedJsonError({ cause });
  }
};

/** @throws ValidationFailedError naming each field that is wrong, never its value. */
export const parseInput = <Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ValidationFailedError(
    result.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
    })),
  );
};

/** All headers, their names in lower case. */
export const headersOf = (event: APIGatewayProxyEvent): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** A header's value, whatever the case of its name. */
export const header = (event: APIGatewayProxyEvent, name: string): string | undefined => {
  const entry = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return entry?.[1];
};

/** API Gateway's request id: what the client is told, what the logs and events carry. */
export const correlationIdOf = (event: APIGatewayProxyEvent): CorrelationId =>
  CorrelationId.parse(event.requestContext.requestId);

/** The user who calls, and in which session. */
export interface Caller {
  userId: UserId;
  sessionId: string;
}

/**
 * Finds out who calls.
 *
 * @throws AppError (as rejection) UNAUTHENTICATED where a route that needs a user was called without a valid token.
 */
export type EstablishCaller = (event: APIGatewayProxyEvent) => Promise<Caller>;

/** The caller whom the authorizer established. @throws AppError UNAUTHENTICATED without the authorizer's word. */
export const callerOf = (event: APIGatewayProxyEvent): Caller => {
  const { authorizer } = event.requestContext;
  const userId = UserId.safeParse(authorizer?.userId);
  if (!userId.success) throw new AppError('UNAUTHENTICATED');
  return { userId: userId.data, sessionId: String(authorizer?.sessionId ?? '') };
};
