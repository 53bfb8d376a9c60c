import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { CorrelationId, UserId } from '../../contracts/ids.ts';
import { MAX_JSON_BODY_BYTES } from '../../contracts/limits.ts';
import { AppError, MalformedJsonError, ValidationFailedError } from '../errors/app-error.ts';

/** Parses the JSON body; undefined if there is none. @throws AppError if the body is not JSON or too large */
export const readJsonBody = (event: APIGatewayProxyEvent): unknown => {
  if (event.body === null || event.body === '') return undefined;
  const contentType = headersOf(event)['content-type'] ?? '';
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

/** @throws ValidationFailedError with the names of all invalid fields, but no values */
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

/** All headers, with names in lower case. */
export const headersOf = (event: APIGatewayProxyEvent): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** API Gateway's request id, which is in the response, the logs and the events. */
export const correlationIdOf = (event: APIGatewayProxyEvent): CorrelationId =>
  CorrelationId.parse(event.requestContext.requestId);

/** The calling user and the session. */
export interface Caller {
  userId: UserId;
  sessionId: string;
}

/** Identifies the caller.
 *
 * @throws AppError UNAUTHENTICATED (as a rejection) if the call has no valid token
 */
export type EstablishCaller = (event: APIGatewayProxyEvent) => Promise<Caller>;

/** The caller that the authorizer identified. @throws AppError UNAUTHENTICATED without the authorizer's result */
export const callerOf = (event: APIGatewayProxyEvent): Caller => {
  const { authorizer } = event.requestContext;
  const userId = UserId.safeParse(authorizer?.userId);
  if (!userId.success) throw new AppError('UNAUTHENTICATED');
  return { userId: userId.data, sessionId: String(authorizer?.sessionId ?? '') };
};
