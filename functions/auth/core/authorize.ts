import {
  type AccessTokenVerifier,
  type Identity,
  InvalidAccessTokenError,
  MAX_AUTHORIZATION_CHARACTERS,
} from './access-tokens.ts';
import type { SessionRepository } from './sessions.ts';

/** What the authorizer works with. */
export interface AuthorizeServices {
  verifier: AccessTokenVerifier;
  sessions: Pick<SessionRepository, 'isActive'>;
  now: () => Date;
}

const BEARER = /^Bearer ([A-Za-z0-9_.-]+)$/i;

/**
 * Whom an `Authorization` value stands for: the token is ours and valid now, and its session, so also its user, is
 * still there.
 *
 * @throws InvalidAccessTokenError for whatever is wrong with the value; anything else thrown is an outage.
 */
export const authorize = async (authorization: unknown, services: AuthorizeServices): Promise<Identity> => {
  const { verifier, sessions } = services;
  const now = services.now();
  const claims = await verifier.verify(bearerToken(authorization), now);
  const identity = { userId: claims.sub, sessionId: claims.sid };
  if (!(await sessions.isActive(identity.sessionId, identity.userId, now))) {
    throw new InvalidAccessTokenError('session ended');
  }
  return identity;
};

const bearerToken = (authorization: unknown): string => {
  if (typeof authorization !== 'string') throw new InvalidAccessTokenError('missing');
  if (authorization.length > MAX_AUTHORIZATION_CHARACTERS) throw new InvalidAccessTokenError('too long');
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new InvalidAccessTokenError('no bearer token');
  return token;
};
