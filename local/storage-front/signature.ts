import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { accessDenied, S3Failure } from './s3-failure.ts';
import { encodeRfc3986, objectPath, queryValue, type StorageTarget } from './target.ts';

/** The only local key pair. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_EXPIRY_SECONDS = 7 * 24 * 3600;
/** Maximum lead of a signer's clock, in milliseconds. */
const MAX_CLOCK_SKEW_MILLISECONDS = 15 * 60_000;

/** `accessKeyId/20150830/us-east-1/s3/aws4_request` */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Parses a credential; undefined if it is malformed. */
export const readScope = (credential: string): CredentialScope | undefined => {
  const [, accessKeyId, date, region, service] =
    /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential) ?? [];
  return accessKeyId && date && region && service ? { accessKeyId, date, region, service } : undefined;
};

/** A SigV4 time, `20150830T123600Z`, in milliseconds since 1970; NaN if it is malformed. */
export const readSigningTime = (text: string): number => {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

/** @throws S3Failure InvalidAccessKeyId */
export const checkAccessKey = (keys: SigningKeys, accessKeyId: string): void => {
  if (accessKeyId === keys.accessKeyId) return;
  throw new S3Failure(
    403,
    'InvalidAccessKeyId',
    'The AWS Access Key Id you provided does not exist in our records.',
    { AWSAccessKeyId: accessKeyId },
  );
};

/** @throws S3Failure SignatureDoesNotMatch */
export const checkSignature = (
  keys: SigningKeys,
  scope: CredentialScope,
  stringToSign: string,
  signature: string,
): void => {
  const signingKey = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    (key, part) => hmac(key, part),
    `AWS4${keys.secretAccessKey}`,
  );
  if (sameText(hmac(signingKey, stringToSign).toString('hex'), signature)) return;
  throw new S3Failure(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { AWSAccessKeyId: scope.accessKeyId },
  );
};

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const sameText = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/**
 * Checks a presigned URL: its parameters, times, access key, signed headers and signature.
 * Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API Reference.
 * @throws S3Failure
 */
export const checkPresigned = (
  request: { readonly method: string; readonly headers: IncomingHttpHeaders },
  target: StorageTarget,
  keys: SigningKeys,
  nowMilliseconds: number,
): void => {
  const parameter = (name: string): string => {
    const value = queryValue(target, name);
    if (value !== undefined) return value;
    throw refuseParameters(`Query-string authentication requires ${name}`);
  };
  if (parameter('X-Amz-Algorithm') !== ALGORITHM)
    throw refuseParameters(`X-Amz-Algorithm must be ${ALGORITHM}`);
  const scope = readScope(parameter('X-Amz-Credential'));
  if (scope === undefined) throw refuseParameters('X-Amz-Credential is malformed');
  const date = parameter('X-Amz-Date');
  const signature = parameter('X-Amz-Signature');
  checkTimes(readSigningTime(date), Number(parameter('X-Amz-Expires')), nowMilliseconds);
  checkAccessKey(keys, scope.accessKeyId);
  const signedHeaders = parameter('X-Amz-SignedHeaders').split(';');
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (!signedHeaders.includes('host') || unsigned.length > 0) {
    throw accessDenied('There were headers present in the request which were not signed');
  }
  const canonicalRequest = [
    request.method,
    objectPath(target.bucket, target.key),
    canonicalQuery(target),
    ...signedHeaders.map((name) => `${name}:${headerText(request.headers, name)}`),
    '',
    signedHeaders.join(';'),
    queryValue(target, 'X-Amz-Content-Sha256') ??
      (headerText(request.headers, 'x-amz-content-sha256') || 'UNSIGNED-PAYLOAD'),
  ].join('\n');
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  checkSignature(keys, scope, [ALGORITHM, date, scopeText, sha256(canonicalRequest)].join('\n'), signature);
};

const refuseParameters = (message: string): S3Failure =>
  new S3Failure(400, 'AuthorizationQueryParametersError', message);

const checkTimes = (signedAt: number, expirySeconds: number, nowMilliseconds: number): void => {
  if (Number.isNaN(signedAt)) throw refuseParameters('X-Amz-Date must be in the ISO8601 Long Format');
  if (!(expirySeconds >= 1 && expirySeconds <= MAX_EXPIRY_SECONDS)) {
    throw refuseParameters('X-Amz-Expires must be between 1 and 604800 seconds');
  }
  if (signedAt > nowMilliseconds + MAX_CLOCK_SKEW_MILLISECONDS)
    throw accessDenied('Request is not yet valid');
  if (signedAt + expirySeconds * 1000 < nowMilliseconds) throw accessDenied('Request has expired');
};

const canonicalQuery = (target: StorageTarget): string =>
  target.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const headerText = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replaceAll(/\s+/g, ' ');
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Checks that the headers name the local access key. The signature itself is not verified: a client that knows the
 * access key id can read the state directory anyway.
 * @throws S3Failure AccessDenied for anonymous requests, InvalidAccessKeyId
 */
export const checkHeaderSigned = (authorization: string | undefined, keys: SigningKeys): void => {
  const credential = /^AWS4-HMAC-SHA256 Credential=([^,\s]+)/.exec(authorization ?? '')?.[1];
  const scope = credential === undefined ? undefined : readScope(credential);
  if (scope === undefined) throw accessDenied('Access Denied');
  checkAccessKey(keys, scope.accessKeyId);
};
