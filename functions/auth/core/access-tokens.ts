import type { TokenPair } from '../../contracts/http/account.ts';
import { ACCESS_TOKEN_SECONDS, type Identity } from '../../shared/access/core/access-tokens.ts';

/** Issues access tokens. */
export interface AccessTokenIssuer {
  /**
   * Fetches the current signing key, which fails if the database is unavailable. Call it before you store anything that
   * the client must know about.
   */
  prepare(now: Date): Promise<AccessTokenSigner>;
}

/** Signs access tokens with a key that is already loaded, without database or network. */
export interface AccessTokenSigner {
  sign(identity: Identity): Promise<string>;
}

/** The response to a login and to a refresh. */
export const toTokenPair = (accessToken: string, refreshToken: string): TokenPair => ({
  accessToken,
  refreshToken,
  tokenType: 'Bearer',
  expiresIn: ACCESS_TOKEN_SECONDS,
});
