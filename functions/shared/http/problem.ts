import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Problem } from '../../contracts/problem.ts';
import { PROBLEMS, problemType } from '../../contracts/problems.ts';
import { isDatabaseUnavailable } from '../database/errors.ts';
import { AppError, UnavailableError } from '../errors/app-error.ts';

/** Makes any thrown value an outcome that the caller is told of: bugs become INTERNAL, outages UNAVAILABLE. */
export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) return new UnavailableError({ cause: error });
  return new AppError('INTERNAL', { cause: error });
};

/**
 * The RFC 9457 answer to an error: code, status and one sentence; never the cause. The refusal of an access token has
 * `WWW-Authenticate` (RFC 9110, 11.6.1); a wrong password or refresh token is a refusal of the body and has none. On AWS no
 * function refuses access tokens: API Gateway would hand the header on as `x-amzn-Remapped-WWW-Authenticate`, and answers
 * those calls itself (`lib/constructs/problem-responses.ts`).
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
