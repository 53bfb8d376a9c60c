import { randomUUID } from 'node:crypto';
import {
  type Client,
  createClient,
  type Fetch,
  memoryTokens,
  type UploadOptions,
  uploadFile,
  type Video,
} from '../../client/index.ts';
import { fileSource } from '../../client/node.ts';
import type { VideoStatus } from '../../functions/contracts/http.ts';
import { Problem } from '../../functions/contracts/problem.ts';
import { withDeclaredProblems } from './declared-problems.ts';
import { eventually } from './eventually.ts';

/** Sees, or changes, the requests and the answers of a client. */
export type FetchWrapper = (next: Fetch) => Fetch;

/** What a raw call may carry. */
export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/** Longer than any fault that a test makes, in milliseconds. */
const TIMEOUT_MILLISECONDS = 120_000;

/** A user of the API: the typed client, and raw calls for what the client would not send. */
export class ApiUser {
  /** It repeats nothing, so that a test sees every answer. */
  readonly client: Client;
  readonly #root: string;
  readonly #fetch: Fetch;
  readonly #tokens = memoryTokens();

  /**
   * @param url of the API
   * @param wrappers around `fetch`, the outermost first; each problem is held against its route's contract besides
   */
  constructor(url: string, wrappers: readonly FetchWrapper[] = []) {
    this.#root = url.replace(/\/$/, '');
    this.#fetch = [...wrappers, withDeclaredProblems(this.#root)].reduceRight<Fetch>(
      (next, wrap) => wrap(next),
      (address, init) => fetch(address, init),
    );
    this.client = createClient({
      ...{ baseUrl: url, fetch: this.#fetch, tokens: this.#tokens },
      ...{ patienceMilliseconds: 0, timeoutMilliseconds: TIMEOUT_MILLISECONDS },
    });
  }

  /** A user who has just registered and logged in. */
  static async register(url: string, wrappers?: readonly FetchWrapper[]): Promise<ApiUser> {
    const user = new ApiUser(url, wrappers);
    const credentials = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
    await user.client.register(credentials);
    await user.client.login(credentials);
    return user;
  }

  get accessToken(): string | undefined {
    return this.#tokens.read()?.accessToken;
  }

  /** Any call, whatever its answer; redirects are not followed. */
  call(method: string, path: string, { body, headers }: CallOptions = {}): Promise<Response> {
    return this.#fetch(`${this.#root}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.accessToken !== undefined && { authorization: `Bearer ${this.accessToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** The problem that a call is answered with. @throws Error where it is answered otherwise */
  async problem(method: string, path: string, options: CallOptions = {}): Promise<Problem> {
    const response = await this.call(method, path, options);
    const text = await response.text();
    if (response.headers.get('content-type')?.startsWith('application/problem+json'))
      return Problem.parse(JSON.parse(text));
    throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  }

  /** Creates a video and uploads its file. @returns the video's id */
  async uploadFile(path: string, options: UploadOptions = {}): Promise<string> {
    return (await uploadFile(this.client, await fileSource(path), options)).id;
  }

  /** Waits until the video is in one of these statuses. */
  untilStatus(id: string, statuses: readonly VideoStatus[], seconds = 120): Promise<Video> {
    return eventually(
      `video ${id} to be ${statuses.join(' or ')}`,
      async () => {
        const video = await this.client.getVideo({ id });
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
