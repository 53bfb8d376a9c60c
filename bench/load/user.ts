import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type * as z from 'zod';
import { CreatedVideo, Download, Profile, TokenPair, Video } from '../../functions/contracts/http.ts';
import { postForm, UnexpectedAnswerError } from '../../test/support/api-client.ts';
import { patiently, UnavailableError } from './patience.ts';

/** What hangs for so long has failed, in milliseconds: longer than API Gateway's own limit. */
const CALL_TIMEOUT_MS = 35_000;
const UPLOAD_TIMEOUT_MS = 60_000;

const isUnavailable = (error: unknown): boolean => error instanceof UnavailableError;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A user with a sane client: it repeats calls that got no answer or a 5xx (when Retry-After says, where it does), creates
 * videos with an Idempotency-Key, asks for another form where an upload was cut off, and logs in again when its token is
 * refused.
 */
export class LoadUser {
  readonly #url: string;
  readonly #credentials = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
  /** The profile's id. */
  id = '';
  #accessToken = '';
  /** Calls that had to be repeated. */
  retries = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async register(): Promise<void> {
    const register = { method: 'POST', path: '/auth/register', body: this.#credentials };
    try {
      await this.#patiently(() => this.#once(201, Profile, register));
    } catch (error) {
      // Nobody else has this address: an earlier try succeeded, and its answer was lost.
      if (!(error instanceof UnexpectedAnswerError && error.status === 409)) throw error;
    }
    await this.#patiently(() => this.#logIn());
    const me = { method: 'GET', path: '/auth/me' };
    this.id = (await this.#patiently(() => this.#authorized(200, Profile, me))).id;
  }

  /** Declares a file; however often it is repeated, there is one video. */
  create(path: string, fileName: string, idempotencyKey: string): Promise<CreatedVideo> {
    return this.#patiently(async () => {
      const { size: sizeBytes } = await stat(path);
      const headers = { 'idempotency-key': idempotencyKey };
      return this.#authorized(201, CreatedVideo, {
        method: 'POST',
        path: '/videos',
        body: { fileName, sizeBytes },
        headers,
      });
    });
  }

  /** Sends the file. @returns once S3 has answered 204 */
  upload({ upload }: Pick<CreatedVideo, 'upload'>, path: string): Promise<void> {
    return this.#patiently(async () => {
      const file = new Blob([await readFile(path)]);
      const answer = await answered(
        'the upload',
        (signal) => postForm(upload, file, signal),
        UPLOAD_TIMEOUT_MS,
      );
      if (answer.status !== 204) throw refusal('the upload', answer);
    });
  }

  video(id: string): Promise<Video> {
    return this.#patiently(() => this.#authorized(200, Video, { method: 'GET', path: `/videos/${id}` }));
  }

  download(id: string): Promise<Download> {
    const headers = { accept: 'application/json' };
    return this.#patiently(() =>
      this.#authorized(200, Download, { method: 'GET', path: `/videos/${id}/download`, headers }),
    );
  }

  #patiently<T>(call: () => Promise<T>): Promise<T> {
    return patiently(call, (error) => {
      if (!isUnavailable(error)) return false;
      this.retries += 1;
      return true;
    });
  }

  async #logIn(): Promise<void> {
    const tokens = await this.#once(200, TokenPair, {
      method: 'POST',
      path: '/auth/login',
      body: this.#credentials,
    });
    this.#accessToken = tokens.accessToken;
  }

  async #authorized<Schema extends z.ZodType>(
    status: number,
    schema: Schema,
    call: Call,
  ): Promise<z.output<Schema>> {
    try {
      return await this.#once(status, schema, call);
    } catch (error) {
      if (!(error instanceof UnexpectedAnswerError && error.status === 401)) throw error;
      await this.#logIn();
      return this.#once(status, schema, call);
    }
  }

  async #once<Schema extends z.ZodType>(
    status: number,
    schema: Schema,
    { method, path, body, headers }: Call,
  ): Promise<z.output<Schema>> {
    const what = `${method} ${path}`;
    const answer = await answered(
      what,
      (signal) =>
        fetch(new URL(path, this.#url), {
          method,
          signal,
          headers: {
            ...(this.#accessToken && { authorization: `Bearer ${this.#accessToken}` }),
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      CALL_TIMEOUT_MS,
    );
    if (answer.status !== status) throw refusal(what, answer);
    return schema.parse(JSON.parse(answer.text));
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

/** The whole answer, if there is one. @throws UnavailableError */
const answered = async (
  what: string,
  ask: (signal: AbortSignal) => Promise<Response>,
  timeoutMs: number,
): Promise<Answer> => {
  try {
    const response = await ask(AbortSignal.timeout(timeoutMs));
    const text = await response.text();
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    throw new UnavailableError(`${what} got no answer: ${String(cause)}`);
  }
};

const refusal = (what: string, { status, text, retryAfter }: Answer): Error => {
  if (status < 500 && status !== 429) return new UnexpectedAnswerError(what, status, text);
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return new UnavailableError(
    `${what} answered ${status}`,
    Number.isNaN(seconds) ? undefined : seconds * 1000,
  );
};
