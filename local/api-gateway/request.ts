import type { IncomingMessage } from 'node:http';
import { API_MAX_BODY_BYTES } from '../constants.ts';

/** A complete request. */
export interface ApiRequest {
  /** Identifies the request in logs and answers. */
  readonly requestId: string;
  readonly receivedAt: Date;
  readonly method: string;
  /** Without the query; not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names as sent and values, in order, with duplicates. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly sourceIp: string;
  readonly protocol: string;
  readonly body: Buffer;
}

/** The first value of a header; undefined if it is missing. */
export const headerOf = (request: Pick<ApiRequest, 'headers'>, name: string): string | undefined =>
  request.headers.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];

/** Reads the whole body. Resolves to `too-large` as soon as the body exceeds the limit; the rest is discarded. */
export const readBody = (incoming: IncomingMessage): Promise<Buffer | 'too-large'> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    if (Number(incoming.headers['content-length'] ?? 0) > API_MAX_BODY_BYTES) {
      incoming.resume();
      resolve('too-large');
      return;
    }
    incoming.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= API_MAX_BODY_BYTES) chunks.push(chunk);
      else resolve('too-large');
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new Error('The client hung up')));
  });

/** Reads everything except the body. */
export const readHead = (incoming: IncomingMessage, requestId: string): Omit<ApiRequest, 'body'> => {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  return {
    requestId,
    receivedAt: new Date(),
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: pairsOf(incoming.rawHeaders),
    sourceIp: (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    protocol: `HTTP/${incoming.httpVersion}`,
  };
};

const pairsOf = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
