import type { RefreshRequest } from '../../contracts/http/account.ts';
import type { RefreshTokenMaker, SessionRepository } from './sessions.ts';

/** The dependencies of `logout`. */
export interface LogoutServices {
  sessions: Pick<SessionRepository, 'revokeByToken'>;
  refreshTokens: Pick<RefreshTokenMaker, 'hashOf'>;
}

/** Ends the session of a refresh token. The response does not show whether there was one. */
export const logout = async (
  { refreshToken }: RefreshRequest,
  { sessions, refreshTokens }: LogoutServices,
): Promise<void> => {
  const hash = refreshTokens.hashOf(refreshToken);
  if (hash !== undefined) await sessions.revokeByToken(hash);
};
