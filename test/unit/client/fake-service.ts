import { type Client, createClient, type TokenStore, type Transport } from '../../../client/index.ts';
import { PROBLEMS, type ProblemCode } from '../../../functions/contracts/problems.ts';

/** One request as the service received it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** `break`: the connection breaks. `silence`: it carries nothing, and the client's signal is not obeyed. */
export type Reply = Response | 'break' | 'silence';

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const empty = (status: number): Response => new Response(null, { status });

export const problem = (code: ProblemCode, headers: Record<string, string> = {}): Response =>
  json(
    { ...PROBLEMS[code], code, type: 'about:blank', correlationId: 'c-1' },
    PROBLEMS[code].status,
    headers,
  );

export const pair = (number: number, expiresIn = 900) => ({
  ...{ accessToken: `access-${number}`, refreshToken: `refresh-${number}`, tokenType: 'Bearer', expiresIn },
});

export const ROOT = 'http://service.test/stage';

export interface FakeService {
  readonly client: Client;
  readonly received: Received[];
  /** The pauses of the client so far, in milliseconds. */
  readonly pauses: number[];
  /** Lets time pass, in milliseconds. */
  advance(milliseconds: number): void;
  now(): number;
}

const bodyOf = (init: RequestInit): unknown =>
  typeof init.body === 'string' ? JSON.parse(init.body) : init.body;

/** A client of a service that answers by this function. Its clock moves by the client's pauses alone. */
export const fakeService = (
  answer: (request: Received, number: number) => Reply | Promise<Reply>,
  options: Partial<Transport> & { readonly tokens?: TokenStore } = {},
): FakeService => {
  const received: Received[] = [];
  const pauses: number[] = [];
  let time = Date.UTC(2026, 0, 1);
  const client = createClient({
    baseUrl: `${ROOT}/`,
    random: () => 0.5,
    now: () => time,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      pauses.push(milliseconds);
      time += milliseconds;
    },
    fetch: async (url, init = {}) => {
      const { method = 'GET', headers } = init;
      const request = {
        method,
        path: url.replace(ROOT, ''),
        headers: new Headers(headers),
        body: bodyOf(init),
      };
      received.push(request);
      init.signal?.throwIfAborted();
      const reply = await answer(request, received.length);
      if (reply === 'break') throw new TypeError('fetch failed');
      return reply === 'silence' ? new Promise(() => undefined) : reply;
    },
    ...options,
  });
  return {
    client,
    received,
    pauses,
    advance: (milliseconds) => {
      time += milliseconds;
    },
    now: () => time,
  };
};

/** What a call failed with. */
export const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => {
      throw new Error(`The call succeeded: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
