import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { CreatedVideo, Download, Profile, Video } from '../../functions/contracts/http.ts';
import { postForm, UnexpectedAnswerError } from '../../test/support/api-client.ts';
import { AnswerLog } from './answers.ts';
import { HttpClient } from './http-client.ts';
import { UnavailableError } from './patience.ts';
import { Session } from './session.ts';

const UPLOAD_TIMEOUT_MS = 60_000;

const isNotFound = (error: unknown): boolean =>
  error instanceof UnexpectedAnswerError && error.status === 404;

/**
 * A user with a sane client: it repeats calls that got no answer or a 5xx (when Retry-After says, where it does), creates
 * videos with an Idempotency-Key and keeps its session alive by refreshing it.
 */
export class LoadUser {
  readonly #http: HttpClient;
  readonly session: Session;
  /** The profile's id. */
  id = '';

  /** @param answers where the answers are counted */
  constructor(url: string, answers = new AnswerLog()) {
    this.#http = new HttpClient(url, answers);
    this.session = new Session(this.#http);
  }

  /** Calls that had to be repeated. */
  get retries(): number {
    return this.#http.retries;
  }

  async register(): Promise<void> {
    await this.session.register();
    this.id = (await this.profile()).id;
  }

  profile(): Promise<Profile> {
    return this.#authorized(200, Profile, 'GET', '/auth/me');
  }

  /** Declares a file; however often it is repeated, there is one video. */
  async create(
    path: string,
    request: { readonly fileName: string; readonly intervalSeconds?: number },
    idempotencyKey: string,
  ): Promise<CreatedVideo> {
    const { size: sizeBytes } = await stat(path);
    const call = { method: 'POST', path: '/videos', body: { ...request, sizeBytes } };
    return this.#http.patiently(() =>
      this.session.authorized(201, CreatedVideo, {
        ...call,
        headers: { 'idempotency-key': idempotencyKey },
      }),
    );
  }

  /** Sends the file, with a form that may have been used before. @returns once S3 has answered 204 */
  async upload({ upload }: Pick<CreatedVideo, 'upload'>, path: string): Promise<void> {
    const file = new Blob([await readFile(path)]);
    await this.#http.patiently(() =>
      this.#http.ask('POST of a form', 204, (signal) => postForm(upload, file, signal), UPLOAD_TIMEOUT_MS),
    );
  }

  video(id: string): Promise<Video> {
    return this.#authorized(200, Video, 'GET', `/videos/${id}`);
  }

  /** Deletes a video. @returns once that was answered 202, or 404 after a try without an answer */
  async delete(id: string): Promise<void> {
    let unanswered = false;
    await this.#http.patiently(async () => {
      try {
        await this.session.authorized(202, z.unknown(), { method: 'DELETE', path: `/videos/${id}` });
      } catch (error) {
        if (unanswered && isNotFound(error)) return;
        unanswered ||= error instanceof UnavailableError;
        throw error;
      }
    });
  }

  /** Whether the user sees the video. */
  async sees(id: string): Promise<boolean> {
    try {
      await this.video(id);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  download(id: string): Promise<Download> {
    const headers = { accept: 'application/json' };
    return this.#authorized(200, Download, 'GET', `/videos/${id}/download`, headers);
  }

  #authorized<Schema extends z.ZodType>(
    status: number,
    schema: Schema,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Schema>> {
    return this.#http.patiently(() => this.session.authorized(status, schema, { method, path, headers }));
  }
}
