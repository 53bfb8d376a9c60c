import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Problem } from '../../contracts/problem.ts';
import { PROBLEMS, problemType } from '../../contracts/problems.ts';
import { isDatabaseUnavailable } from '../database/errors.ts';
import { AppError, UnavailableError } from '../errors/app-error.ts';

/** Converts any thrown value to an error for the caller: bugs become INTERNAL, outages UNAVAILABLE. */
export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) return new UnavailableError({ cause: error });
  return new AppError('INTERNAL', { cause: error });
};

/**
 * The RFC 9457 response to an error: code, status and one sentence, but never the cause. If the access token is
 * refused, the response has `WWW-Authenticate` (RFC 9110, 11.6.1). A wrong password or refresh token is part of the
 * body, so those responses do not have it. On AWS, API Gateway itself refuses access tokens
 * (`lib/constructs/problem-responses.ts`), because it would rename a function's header to
 * `x-amzn-Remapped-WWW-Authenticate`.
 */
export const problemResponse = (error: AppError, correlationId: string): APIGatewayProxyResult => {
  const { status, title, detail } = PROBLEMS[error.code];
  const problem: Problem = {
    type: problemType(error.code),
    title,
    status,
    code: error.code,
    detail: error.detail ?? detail,
    correlationId,
    ...(error.fieldErrors && { errors: [...error.fieldErrors] }),
  };
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      ...(error.retryAfterSeconds !== undefined && { 'retry-after': String(error.retryAfterSeconds) }),
      ...(error.code === 'UNAUTHENTICATED' && { 'www-authenticate': 'Bearer' }),
    },
    body: JSON.stringify(problem),
  };
};
