import { BEARER_TOKEN_EXPRESSION } from '../../../contracts/access.ts';
import {
  type AccessTokenVerifier,
  type Identity,
  InvalidAccessTokenError,
  MAX_AUTHORIZATION_CHARACTERS,
} from './access-tokens.ts';
import type { ActiveSessions } from './active-sessions.ts';

/** What the check of an access token works with. */
export interface AuthorizeServices {
  verifier: AccessTokenVerifier;
  sessions: ActiveSessions;
  now: () => Date;
}

/** API Gateway asks its authorizer by the same expression, so one spelling is accepted in every stage. */
const BEARER = new RegExp(BEARER_TOKEN_EXPRESSION);
const SCHEME = 'Bearer ';

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
  if (!BEARER.test(authorization)) throw new InvalidAccessTokenError('no bearer token');
  return authorization.slice(SCHEME.length);
};
