import { BEARER_TOKEN_EXPRESSION } from '../../../contracts/access.ts';
import {
  type AccessTokenVerifier,
  type Identity,
  InvalidAccessTokenError,
  MAX_AUTHORIZATION_CHARACTERS,
} from './access-tokens.ts';
import type { ActiveSessions } from './active-sessions.ts';

/** The dependencies of `authorize`. */
export interface AuthorizeServices {
  verifier: AccessTokenVerifier;
  sessions: ActiveSessions;
  now: () => Date;
}

/** API Gateway uses the same expression before it calls its authorizer, so all stages accept the same format. */
const BEARER = new RegExp(BEARER_TOKEN_EXPRESSION);
const SCHEME = 'Bearer ';

/**
 * Identifies the caller of an `Authorization` value: checks that the token is valid now and that its session, and so
 * its user, still exists.
 *
 * @throws InvalidAccessTokenError if the value is not valid. Any other error is an outage.
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
  if (!BEARER.test(authorization)) throw new InvalidAccessTokenError('no bearer token');
  return authorization.slice(SCHEME.length);
};
