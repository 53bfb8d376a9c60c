import type { RefreshRequest } from '../../contracts/http/account.ts';
import type { RefreshTokenMaker, SessionRepository } from './sessions.ts';

/** What logging out works with. */
export interface LogoutServices {
  sessions: Pick<SessionRepository, 'revokeByToken'>;
  refreshTokens: Pick<RefreshTokenMaker, 'hashOf'>;
}

/** Ends the session of a refresh token. The answer does not say whether there was one. */
export const logout = async (
  { refreshToken }: RefreshRequest,
  { sessions, refreshTokens }: LogoutServices,
): Promise<void> => {
  const hash = refreshTokens.hashOf(refreshToken);
  if (hash !== undefined) await sessions.revokeByToken(hash);
};
