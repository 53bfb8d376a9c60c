import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AwsChunkedDecoder } from './aws-chunked.ts';
import { ObjectWriter, storedHeaders } from './object-writer.ts';
import { S3Failure } from './s3-failure.ts';
import { objectPath, type StorageTarget } from './target.ts';
import { headerText, type Upstream } from './upstream.ts';

/** S3's limit of one PUT, in bytes: 5 GiB. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

/**
 * Streams the body of a PUT into the store.
 * @throws S3Failure
 */
export const putObject = async (
  incoming: IncomingMessage,
  response: ServerResponse,
  target: StorageTarget,
  upstream: Upstream,
): Promise<void> => {
  const chunked = isChunked(incoming);
  const declared = headerText(incoming.headers, chunked ? 'x-amz-decoded-content-length' : 'content-length');
  const expectedBytes = declared === undefined ? undefined : Number(declared);
  if ((expectedBytes ?? 0) > MAX_PUT_BYTES) {
    throw new S3Failure(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  await checkConditions(incoming, target, upstream);
  const headers = storedHeaders(
    Object.keys(incoming.headers).map((name) => [name, headerText(incoming.headers, name)] as const),
  );
  const writer = new ObjectWriter(upstream, { bucket: target.bucket, key: target.key, headers });
  let sizeBytes = 0;
  const store = async (body: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      await writer.write(chunk);
    }
  };
  try {
    if (chunked) await pipeline(incoming, new AwsChunkedDecoder(), store);
    else await pipeline(incoming, store);
    if (expectedBytes !== undefined && sizeBytes !== expectedBytes) {
      throw new S3Failure(400, 'IncompleteBody', 'You did not provide the number of bytes specified');
    }
    response.writeHead(200, { ETag: await writer.finish(), 'Content-Length': 0 });
    response.end();
  } catch (error) {
    await writer.abort();
    throw error;
  }
};

const isChunked = ({ headers }: IncomingMessage): boolean =>
  (headerText(headers, 'content-encoding') ?? '').includes('aws-chunked') ||
  (headerText(headers, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-');

/**
 * Checks the conditions of a conditional write: `If-None-Match: *` and `If-Match`.
 * @throws S3Failure PreconditionFailed
 */
const checkConditions = async (incoming: IncomingMessage, target: StorageTarget, upstream: Upstream) => {
  const noneMatch = headerText(incoming.headers, 'if-none-match');
  const match = headerText(incoming.headers, 'if-match');
  if (noneMatch === undefined && match === undefined) return;
  const existing = await upstream.call({ method: 'HEAD', path: objectPath(target.bucket, target.key) });
  const exists = existing.status === 200;
  const etag = unquoted(headerText(existing.headers, 'etag') ?? '');
  const holds =
    (noneMatch === undefined || !exists) && (match === undefined || (exists && unquoted(match) === etag));
  if (holds) return;
  throw new S3Failure(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );
};

const unquoted = (etag: string): string => etag.replaceAll('"', '');
