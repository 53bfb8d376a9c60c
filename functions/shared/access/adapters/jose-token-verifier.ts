import { errors, importJWK, jwtVerify } from 'jose';
import {
  AccessTokenClaims,
  AccessTokenHeader,
  type AccessTokenVerifier,
  CLOCK_TOLERANCE_SECONDS,
  InvalidAccessTokenError,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_TYPE,
} from '../core/access-tokens.ts';
import type { PublicKeyCache } from '../core/public-key-cache.ts';

/**
 * Verifies access tokens strictly, because only auth issues them. The header must be exactly the one that auth writes.
 * The key is found only by its id; any key inside the token is ignored. Then signature, times, issuer, audience and
 * claims are checked.
 */
export class JoseTokenVerifier implements AccessTokenVerifier {
  readonly #keys: PublicKeyCache;

  constructor(keys: PublicKeyCache) {
    this.#keys = keys;
  }

  async verify(token: string, now: Date): Promise<AccessTokenClaims> {
    const segments = token.split('.');
    const [header, payload, signature] = segments;
    if (segments.length !== 3 || !header || !payload || !signature) throw invalid('not three segments');
    if (!segments.every(isCanonicalBase64url)) throw invalid('not base64url');
    const { kid } = parseHeader(header);
    const jwk = await this.#keys.find(kid, now);
    if (jwk === undefined) throw invalid('unknown key');
    await verifySignatureAndTimes(token, await importJWK(jwk, TOKEN_ALGORITHM), now);
    return parseClaims(payload, now);
  }
}

const invalid = (reason: string, cause?: unknown): InvalidAccessTokenError =>
  new InvalidAccessTokenError(reason, { cause });

/**
 * Several texts can decode to the same bytes (spare bits in the last character). Only the canonical one is accepted.
 */
const isCanonicalBase64url = (segment: string): boolean =>
  Buffer.from(segment, 'base64url').toString('base64url') === segment;

const parseHeader = (segment: string): AccessTokenHeader => {
  const result = AccessTokenHeader.safeParse(parseSegment(segment));
  if (!result.success) throw invalid('header', result.error);
  return result.data;
};

const parseClaims = (segment: string, now: Date): AccessTokenClaims => {
  const result = AccessTokenClaims.safeParse(parseSegment(segment));
  if (!result.success) throw invalid('claims', result.error);
  if (result.data.iat > now.getTime() / 1000 + CLOCK_TOLERANCE_SECONDS) throw invalid('issued in the future');
  return result.data;
};

/**
 * Parses JSON and accepts only the text that `JSON.stringify` writes, because auth issues tokens that way. A different
 * text may have a duplicate member, and parsers disagree on which of the two counts.
 */
const parseSegment = (segment: string): unknown => {
  const text = Buffer.from(segment, 'base64url').toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid('not JSON', cause);
  }
  if (JSON.stringify(value) !== text) throw invalid('not canonical JSON');
  return value;
};

const verifySignatureAndTimes = async (
  token: string,
  key: Awaited<ReturnType<typeof importJWK>>,
  now: Date,
): Promise<void> => {
  try {
    await jwtVerify(token, key, {
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      typ: TOKEN_TYPE,
      requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
    });
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalid(error.code, error);
    throw error;
  }
};
