import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasErrorCode } from '../errors.ts';
import { S3Failure } from './s3-failure.ts';
import { objectPath, queryValue, type StorageTarget } from './target.ts';
import { headerText, type Upstream } from './upstream.ts';

/** Query parameters of a signed request that replace headers of the answer. */
const OVERRIDES = {
  'response-content-type': 'content-type',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-cache-control': 'cache-control',
  'response-expires': 'expires',
} as const;

const PASSED_ON = new Set([
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'etag',
  'last-modified',
]);

/** Evaluates the request's conditions (RFC 9110, section 13.2.2). Undefined if the object is to be sent. */
export const conditionStatus = (
  headers: IncomingHttpHeaders,
  etag: string,
  lastModified: string,
): 304 | 412 | undefined => {
  const modifiedAt = Date.parse(lastModified);
  const ifMatch = headerText(headers, 'if-match');
  const ifUnmodifiedSince = headerText(headers, 'if-unmodified-since');
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag)) return 412;
  } else if (ifUnmodifiedSince !== undefined && modifiedAt > Date.parse(ifUnmodifiedSince)) return 412;
  const ifNoneMatch = headerText(headers, 'if-none-match');
  const ifModifiedSince = headerText(headers, 'if-modified-since');
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag) ? 304 : undefined;
  if (ifModifiedSince !== undefined && modifiedAt <= Date.parse(ifModifiedSince)) return 304;
  return undefined;
};

const names = (header: string, etag: string): boolean =>
  header.split(',').some((candidate) => candidate.trim() === '*' || unquoted(candidate) === unquoted(etag));

const unquoted = (etag: string): string => etag.trim().replace(/^W\//, '').replaceAll('"', '');

/** The first and last requested byte; undefined for the whole object; `unsatisfiable` for a range beyond the end. */
export const readRange = (
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    if (Number(last) === 0 || sizeBytes === 0) return 'unsatisfiable';
    return { start: Math.max(0, sizeBytes - Number(last)), end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
};

/**
 * Answers GET and HEAD of an object. The headers come from the store. The bytes come directly from the store's file,
 * because the store reads the whole file for every range.
 * @throws S3Failure
 */
export const getObject = async (
  incoming: IncomingMessage,
  response: ServerResponse,
  target: StorageTarget,
  upstream: Upstream,
  objectsDirectory: string,
): Promise<void> => {
  const stored = await upstream.call({ method: 'HEAD', path: objectPath(target.bucket, target.key) });
  if (stored.status !== 200) {
    throw new S3Failure(404, 'NoSuchKey', 'The specified key does not exist.', { Key: target.key });
  }
  const headers = answerHeaders(stored.headers, target);
  const sizeBytes = Number(headerText(stored.headers, 'content-length') ?? 0);
  const etag = headers.etag ?? '';
  const refused = conditionStatus(incoming.headers, etag, headers['last-modified'] ?? '');
  if (refused === 412) {
    throw new S3Failure(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  }
  if (refused === 304) {
    response.writeHead(304, { etag }).end();
    return;
  }
  const ifRange = headerText(incoming.headers, 'if-range');
  const range =
    ifRange === undefined || unquoted(ifRange) === unquoted(etag)
      ? readRange(headerText(incoming.headers, 'range'), sizeBytes)
      : undefined;
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${sizeBytes}`);
    throw new S3Failure(416, 'InvalidRange', 'The requested range is not satisfiable');
  }
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end}/${sizeBytes}`;
  const status = range === undefined ? 200 : 206;
  const length = { 'content-length': String(end - start + 1) };
  if (incoming.method === 'HEAD' || sizeBytes === 0) {
    response.writeHead(status, { ...headers, ...length }).end();
    return;
  }
  const file = await openFile(filePath(objectsDirectory, target));
  try {
    response.writeHead(status, { ...headers, ...length });
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    // Closes the file also if the client disconnects before the first byte: then the stream does not close it.
    await file.close();
  }
};

const answerHeaders = (stored: IncomingHttpHeaders, target: StorageTarget): Record<string, string> => {
  const headers: Record<string, string> = { 'accept-ranges': 'bytes' };
  for (const name of Object.keys(stored)) {
    const value = headerText(stored, name);
    if (value !== undefined && (PASSED_ON.has(name) || name.startsWith('x-amz-meta-'))) headers[name] = value;
  }
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = queryValue(target, parameter);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
};

const openFile = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT'))
      throw new S3Failure(404, 'NoSuchKey', 'The specified key does not exist.');
    throw error;
  }
};

/** The store's file of an object. The README of `fauxqs` documents this layout. */
const filePath = (objects: string, { bucket, key }: StorageTarget): string => {
  const encoded = key.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that the store escapes in file names
    /[<>:"|?*\\%\x00-\x1f]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return join(objects, 'buckets', bucket, 'objects', `${encoded}.data`);
};
