import type { TokenPair } from '../../contracts/http/account.ts';
import { ACCESS_TOKEN_SECONDS, type Identity } from '../../shared/access/core/access-tokens.ts';

/** Issues access tokens. */
export interface AccessTokenIssuer {
  /**
   * Fetches the current signing key, which may fail as the database may. Call it before anything is stored that the
   * client must be told about.
   */
  prepare(now: Date): Promise<AccessTokenSigner>;
}

/** Signs access tokens with a key that is already at hand: no database, no network. */
export interface AccessTokenSigner {
  sign(identity: Identity): Promise<string>;
}

/** The answer to a login and to a refresh. */
export const toTokenPair = (accessToken: string, refreshToken: string): TokenPair => ({
  accessToken,
  refreshToken,
  tokenType: 'Bearer',
  expiresIn: ACCESS_TOKEN_SECONDS,
});
