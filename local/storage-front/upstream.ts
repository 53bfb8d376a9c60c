import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LOOPBACK } from '../constants.ts';
import { S3Failure } from './s3-failure.ts';

/** A complete answer of the object store. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface UpstreamCall {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'expect', 'upgrade']);

/** The object store behind the front. */
export class Upstream {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws S3Failure ServiceUnavailable */
  call({ method, path, headers = {}, body }: UpstreamCall): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: LOOPBACK,
          port: this.#port,
          agent: this.#agent,
          method,
          path,
          headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 502,
              headers: answer.headers,
              body: Buffer.concat(chunks),
            }),
          );
          answer.on('error', () => reject(unavailable()));
        },
      );
      outgoing.on('error', () => reject(unavailable()));
      outgoing.end(body);
    });
  }

  /** Forwards a request unchanged and returns the answer. Both are streamed. */
  async forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name)),
    );
    const outgoing = request({
      host: LOOPBACK,
      port: this.#port,
      agent: this.#agent,
      method: incoming.method,
      path: incoming.url,
      headers,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', () => reject(unavailable()));
    });
    const sent = pipeline(incoming, outgoing);
    sent.catch(() => outgoing.destroy());
    const answer = await answered;
    const passed = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(passed));
    await pipeline(answer, response);
  }

  close(): void {
    this.#agent.destroy();
  }
}

const unavailable = (): S3Failure =>
  new S3Failure(503, 'ServiceUnavailable', 'The local object store does not answer');

/** The text of a header; undefined if it is missing. */
export const headerText = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};
