import type { RefreshRequest, TokenPair } from '../../contracts/http/account.ts';
import { type AccessTokenIssuer, type AccessTokenSigner, toTokenPair } from './access-tokens.ts';
import {
  decideRefresh,
  InvalidRefreshTokenError,
  type RefreshToken,
  type RefreshTokenMaker,
  type RefreshVerdict,
  type SessionRepository,
  type TokenFamily,
} from './sessions.ts';

/** The dependencies of `refresh`. */
export interface RefreshServices {
  sessions: Pick<SessionRepository, 'refresh'>;
  refreshTokens: Pick<RefreshTokenMaker, 'hashOf' | 'successorOf'>;
  accessTokens: AccessTokenIssuer;
  now: () => Date;
}

/**
 * Exchanges a refresh token for a new pair. All steps that can fail come before the rotation: it fetches the signing
 * key first and builds the whole response before the transaction commits.
 *
 * @throws InvalidRefreshTokenError
 */
export const refresh = async (
  { refreshToken }: RefreshRequest,
  { sessions, refreshTokens, accessTokens, now }: RefreshServices,
): Promise<TokenPair> => {
  const presented = refreshTokens.hashOf(refreshToken);
  if (presented === undefined) throw new InvalidRefreshTokenError();
  const successor = refreshTokens.successorOf(refreshToken);
  const signer = await accessTokens.prepare(now());
  const verdict = await sessions.refresh(presented, successor.hash, (family) =>
    judge(family, successor, signer),
  );
  if (verdict === undefined || !('answer' in verdict)) throw new InvalidRefreshTokenError();
  return verdict.answer;
};

const judge = async (
  family: TokenFamily,
  successor: RefreshToken,
  signer: AccessTokenSigner,
): Promise<RefreshVerdict> => {
  const decision = decideRefresh(family);
  if (decision === 'REVOKE' || decision === 'REFUSE') return { decision };
  // The stored successor was derived with another secret, so it cannot be sent again.
  if (decision === 'REPEAT' && family.successor?.hash !== successor.hash) return { decision: 'REFUSE' };
  const { id: sessionId, userId } = family.session;
  const accessToken = await signer.sign({ userId, sessionId });
  return { decision, answer: toTokenPair(accessToken, successor.token) };
};
