import type * as z from 'zod';
import { UnexpectedAnswerError } from '../../test/support/api-client.ts';
import { type AnswerLog, secondsToWait } from './answers.ts';
import { patiently, UnavailableError } from './patience.ts';

/** A call that takes longer has failed, in milliseconds: longer than API Gateway's own limit. */
const CALL_TIMEOUT_MS = 35_000;

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** An access token. */
  readonly token?: string;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** The HTTP of a sane client: it repeats calls that got no answer, 429 or a 5xx, when Retry-After says, where it does. */
export class HttpClient {
  readonly #url: string;
  readonly #answers: AnswerLog;
  /** Calls that had to be repeated. */
  retries = 0;

  constructor(url: string, answers: AnswerLog) {
    this.#url = url;
    this.#answers = answers;
  }

  /** Repeats what may be answered otherwise later. @throws what `call` throws for any other reason */
  patiently<T>(call: () => Promise<T>): Promise<T> {
    return patiently(call, (error) => {
      if (!(error instanceof UnavailableError)) return false;
      this.retries += 1;
      return true;
    });
  }

  /** One call to the API. @throws UnavailableError, UnexpectedAnswerError for any other status than this one */
  async once<Schema extends z.ZodType>(
    status: number,
    schema: Schema,
    { method, path, body, headers, token }: Call,
  ): Promise<z.output<Schema>> {
    const request = {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const ask = (signal: AbortSignal) => fetch(new URL(path, this.#url), { ...request, signal });
    const text = await this.ask(`${method} ${path}`, status, ask, CALL_TIMEOUT_MS);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  /**
   * Any request; the answer's whole text.
   * @throws UnavailableError, UnexpectedAnswerError for any other status than this one
   */
  async ask(
    what: string,
    status: number,
    send: (signal: AbortSignal) => Promise<Response>,
    timeoutMs: number,
  ): Promise<string> {
    const answer = await this.#answered(what, send, timeoutMs);
    this.#answers.note({ call: what.replaceAll(UUID, '{id}'), ...answer });
    if (answer.status !== status) throw refusal(what, answer);
    return answer.text;
  }

  async #answered(
    what: string,
    send: (signal: AbortSignal) => Promise<Response>,
    timeoutMs: number,
  ): Promise<Answer> {
    try {
      const response = await send(AbortSignal.timeout(timeoutMs));
      const text = await response.text();
      return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
    } catch (cause) {
      this.#answers.noteNone();
      throw new UnavailableError(`${what} got no answer: ${String(cause)}`);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

const refusal = (what: string, { status, text, retryAfter }: Answer): Error => {
  if (status < 500 && status !== 429) return new UnexpectedAnswerError(what, status, text);
  const seconds = secondsToWait(retryAfter);
  return new UnavailableError(
    `${what} answered ${status}`,
    seconds === undefined ? undefined : seconds * 1000,
  );
};
