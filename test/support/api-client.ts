import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type * as z from 'zod';
import {
  CreatedVideo,
  Download,
  FramePage,
  Profile,
  Timeline,
  TokenPair,
  Video,
  VideoPage,
  type VideoStatus,
} from '../../functions/contracts/http.ts';
import { Problem } from '../../functions/contracts/problem.ts';
import { requireDeclared } from './declared-problems.ts';
import { eventually } from './eventually.ts';

/** An answer that was not the one asked for. */
export class UnexpectedAnswerError extends Error {
  readonly status: number;

  constructor(call: string, status: number, body: string) {
    super(`${call} answered ${status}: ${body.slice(0, 500)}`);
    this.name = 'UnexpectedAnswerError';
    this.status = status;
  }
}

/** What a call may carry. */
export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/** A client of the API as a developer would write one: HTTP only, nothing of the implementation. */
export class ApiClient {
  readonly #url: string;
  #accessToken: string | undefined;

  /** @param url of the API, with a slash at its end where it has a path */
  constructor(url: string) {
    this.#url = url;
  }

  get accessToken(): string | undefined {
    return this.#accessToken;
  }

  /** A client of a user who has just registered and logged in. */
  static async ofNewUser(url: string): Promise<ApiClient> {
    const client = new ApiClient(url);
    const credentials = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
    await client.expect(201, Profile, 'POST', '/auth/register', { body: credentials });
    const tokens = await client.expect(200, TokenPair, 'POST', '/auth/login', { body: credentials });
    client.#accessToken = tokens.accessToken;
    return client;
  }

  /**
   * Any call, whatever its answer; redirects are not followed.
   *
   * @throws Error for a problem that the route does not declare
   */
  async call(method: string, path: string, { body, headers }: CallOptions = {}): Promise<Response> {
    const response = await fetch(new URL(`.${path}`, this.#url), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.#accessToken && { authorization: `Bearer ${this.#accessToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.headers.get('content-type')?.startsWith('application/problem+json'))
      requireDeclared(method, path, await response.clone().json());
    return response;
  }

  /** A call that has to be answered so. @throws UnexpectedAnswerError */
  async expect<Schema extends z.ZodType>(
    status: number,
    schema: Schema,
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<z.output<Schema>> {
    const response = await this.call(method, path, options);
    const text = await response.text();
    if (response.status !== status)
      throw new UnexpectedAnswerError(`${method} ${path}`, response.status, text);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  /** The problem that a call is answered with. */
  async problem(method: string, path: string, options: CallOptions = {}): Promise<Problem> {
    const response = await this.call(method, path, options);
    if (!response.headers.get('content-type')?.startsWith('application/problem+json')) {
      throw new UnexpectedAnswerError(`${method} ${path}`, response.status, await response.text());
    }
    return Problem.parse(await response.json());
  }

  createVideo(request: {
    fileName: string;
    sizeBytes: number;
    intervalSeconds?: number;
  }): Promise<CreatedVideo> {
    return this.expect(201, CreatedVideo, 'POST', '/videos', { body: request });
  }

  /** Declares a file and uploads it. @returns the video's id. */
  async uploadFile(
    path: string,
    options: { intervalSeconds?: number; fileName?: string } = {},
  ): Promise<string> {
    const { size } = await stat(path);
    const { fileName = basename(path), ...rest } = options;
    const video = await this.createVideo({ fileName, sizeBytes: size, ...rest });
    const response = await postForm(video.upload, await openAsBlob(path));
    if (response.status !== 204)
      throw new UnexpectedAnswerError('upload', response.status, await response.text());
    return video.id;
  }

  video(id: string): Promise<Video> {
    return this.expect(200, Video, 'GET', `/videos/${id}`);
  }

  videos(query = ''): Promise<VideoPage> {
    return this.expect(200, VideoPage, 'GET', `/videos${query}`);
  }

  timeline(id: string): Promise<Timeline> {
    return this.expect(200, Timeline, 'GET', `/videos/${id}/events`);
  }

  frames(id: string): Promise<FramePage> {
    return this.expect(200, FramePage, 'GET', `/videos/${id}/frames`);
  }

  download(id: string): Promise<Download> {
    return this.expect(200, Download, 'GET', `/videos/${id}/download`, {
      headers: { accept: 'application/json' },
    });
  }

  /** Waits until the video is in one of these statuses. */
  untilStatus(id: string, statuses: readonly VideoStatus[], seconds = 120): Promise<Video> {
    return eventually(
      `video ${id} to be ${statuses.join(' or ')}`,
      async () => {
        const video = await this.video(id);
        return statuses.includes(video.status) ? video : undefined;
      },
      seconds,
    );
  }

  /** Waits for the end of the work, whichever it is. */
  untilOver(id: string): Promise<Video> {
    return this.untilStatus(id, ['READY', 'FAILED', 'EXPIRED']);
  }
}

/** Sends a presigned form with its file, as a browser would. */
export const postForm = (
  upload: { url: string; fields: Record<string, string> },
  file: Blob,
  signal?: AbortSignal,
): Promise<Response> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', file);
  return fetch(upload.url, { method: 'POST', body: form, ...(signal && { signal }) });
};
