import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { RefreshToken, RefreshTokenHash, RefreshTokenMaker } from '../core/sessions.ts';
import { deriveKey } from './key-derivation.ts';

/** 32 bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Makes opaque 256-bit refresh tokens. The first token of a family is random. Each successor is an HMAC of the token
 * that it replaces. So the same successor can be sent again after a lost response, although only hashes are stored.
 * Without the key, the successor cannot be derived from a token.
 */
export class HmacRefreshTokenMaker implements RefreshTokenMaker {
  readonly #key: Buffer;

  /** @param secret AUTH_KEY_SECRET */
  constructor(secret: string) {
    this.#key = deriveKey(secret, 'refresh-tokens');
  }

  first(): RefreshToken {
    return withHash(randomBytes(32).toString('base64url'));
  }

  successorOf(token: string): RefreshToken {
    return withHash(createHmac('sha256', this.#key).update(token).digest('base64url'));
  }

  hashOf(token: string): RefreshTokenHash | undefined {
    return TOKEN.test(token) ? hashOf(token) : undefined;
  }
}

const hashOf = (token: string): RefreshTokenHash => createHash('sha256').update(token).digest('hex');

const withHash = (token: string): RefreshToken => ({ token, hash: hashOf(token) });
