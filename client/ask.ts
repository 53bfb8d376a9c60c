import type { Problem } from '../functions/contracts/problem.ts';
import { FrameFlowError, type FrameFlowErrorCode } from './errors.ts';
import { readRetryAfter } from './retry.ts';
import { withinTimeLimit } from './time.ts';
import { type Transport, unanswered } from './transport.ts';

/** One HTTP request and what is expected of its answer. */
export interface Request {
  readonly operation: string;
  readonly url: string;
  readonly init: RequestInit;
  /** The status of success. */
  readonly status: number;
  readonly timeoutMilliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether an earlier try of the same call got no answer. */
  readonly isUncertain: boolean;
}

/** One try. @returns the answer's body; empty where it has none. @throws FrameFlowError; the signal's reason */
export const ask = async (transport: Transport, request: Request): Promise<string> => {
  const { operation, url, init, signal, timeoutMilliseconds = transport.timeoutMilliseconds } = request;
  try {
    return await withinTimeLimit(timeoutMilliseconds, signal, async (limited) => {
      const response = await transport.fetch(url, { ...init, redirect: 'manual', signal: limited.signal });
      const text = await response.text();
      if (response.status !== request.status) throw refusal(request, response, text, transport.now());
      return text;
    });
  } catch (cause) {
    throw unanswered(operation, cause, signal);
  }
};

/** The statuses of temporary failures, with the code for answers that have none, because a proxy gave them. */
const TRANSIENT: Readonly<Record<number, FrameFlowErrorCode>> = {
  429: 'TOO_MANY_REQUESTS',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

const refusal = (
  { operation, isUncertain }: Request,
  { status, headers }: Response,
  text: string,
  now: number,
): FrameFlowError => {
  const problem = readProblem(text);
  const transientCode = TRANSIENT[status];
  return new FrameFlowError({
    code: problem?.code ?? transientCode ?? 'UNEXPECTED_ANSWER',
    detail: problem?.detail ?? problem?.title ?? 'The service gave an answer that the client does not know.',
    title: problem?.title,
    errors: problem?.errors,
    operation,
    status,
    correlationId: headers.get('x-correlation-id') ?? problem?.correlationId,
    retryAfterSeconds: readRetryAfter(headers.get('retry-after'), now),
    isTransient: transientCode !== undefined,
    // After a 5xx the call may have been carried out. A 429 says that it was not.
    isUncertain: isUncertain || status >= 500,
  });
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';

const readProblem = (text: string): Problem | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isProblem(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
