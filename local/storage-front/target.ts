import { S3Failure } from './s3-failure.ts';

/** S3's limit for keys, in bytes. */
const MAX_KEY_BYTES = 1024;

/** The bucket, key and query of a path-style request. */
export interface StorageTarget {
  /** Empty if the request lists buckets. */
  readonly bucket: string;
  /** Empty if the request addresses the bucket. */
  readonly key: string;
  /** Not decoded. */
  readonly rawPath: string;
  /** Decoded names and values, in order. A name without `=` has the value ''. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads bucket, key and query of a request target.
 * @throws S3Failure InvalidURI, KeyTooLongError; InvalidArgument for keys that would leave the bucket's directory
 */
export const readTarget = (url: string): StorageTarget => {
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const [, rawBucket = '', rawKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(rawPath) ?? [];
  const key = decode(rawKey);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Failure(400, 'KeyTooLongError', 'Your key is too long');
  }
  if (key.split('/').some((segment) => segment === '.' || segment === '..') || key.includes('\0')) {
    throw new S3Failure(400, 'InvalidArgument', 'Keys with the segments . and .. cannot be stored locally');
  }
  return { bucket: decode(rawBucket), key, rawPath, query: readQuery(mark < 0 ? '' : url.slice(mark + 1)) };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Failure(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
};

const readQuery = (raw: string): [string, string][] =>
  raw
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [decode(pair), '']
        : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    });

/** The first value of a query parameter; undefined if it is missing. The case of the name is ignored. */
export const queryValue = ({ query }: Pick<StorageTarget, 'query'>, name: string): string | undefined =>
  query.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];

/** Percent-encodes everything except unreserved characters, as SigV4 and S3 paths require (RFC 3986, section 2.3). */
export const encodeRfc3986 = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The path of an object, each segment escaped. */
export const objectPath = (bucket: string, key: string): string =>
  `/${[bucket, ...key.split('/')].map(encodeRfc3986).join('/')}`;
