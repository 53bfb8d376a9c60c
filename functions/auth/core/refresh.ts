import type { RefreshRequest, TokenPair } from '../../contracts/http.ts';
import { type AccessTokenIssuer, toTokenPair } from './access-tokens.ts';
import {
  decideRefresh,
  InvalidRefreshTokenError,
  type RefreshTokenMaker,
  type SessionRepository,
} from './sessions.ts';

/** What refreshing works with. */
export interface RefreshServices {
  sessions: Pick<SessionRepository, 'refresh'>;
  refreshTokens: Pick<RefreshTokenMaker, 'hashOf' | 'successorOf'>;
  accessTokens: AccessTokenIssuer;
  now: () => Date;
}

/** Exchanges a refresh token for a new pair. @throws InvalidRefreshTokenError. */
export const refresh = async (
  { refreshToken }: RefreshRequest,
  { sessions, refreshTokens, accessTokens, now }: RefreshServices,
): Promise<TokenPair> => {
  const presented = refreshTokens.hashOf(refreshToken);
  if (presented === undefined) throw new InvalidRefreshTokenError();
  const moment = now();
  const successor = refreshTokens.successorOf(refreshToken);
  const outcome = await sessions.refresh(
    presented,
    successor.hash,
    (family) => {
      const decision = decideRefresh(family, moment);
      // Derived with another secret than the one stored: we can no longer tell what the client was sent.
      return decision === 'REPEAT' && family.successor?.hash !== successor.hash ? 'REFUSE' : decision;
    },
    moment,
  );
  if (outcome === undefined || outcome.decision === 'REFUSE' || outcome.decision === 'REVOKE') {
    throw new InvalidRefreshTokenError();
  }
  const { id: sessionId, userId } = outcome.family.session;
  const accessToken = await accessTokens.issue({ userId, sessionId }, moment);
  return toTokenPair(accessToken, successor.token);
};
