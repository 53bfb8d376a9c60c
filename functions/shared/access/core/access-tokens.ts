import * as z from 'zod';
import { UserId } from '../../../contracts/ids.ts';
import { AppError } from '../../errors/app-error.ts';

/** Issuer and audience of the access tokens. */
export const TOKEN_ISSUER = 'frame-flow-auth';
export const TOKEN_AUDIENCE = 'frame-flow-api';
/** RFC 9068. The type prevents another JWT of this system from being used as an access token. */
export const TOKEN_TYPE = 'at+jwt';
/** The only accepted algorithm (Ed25519). */
export const TOKEN_ALGORITHM = 'EdDSA';

/** Lifetime of an access token, in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** Maximum difference between the clocks of issuer and verifier, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** A longer `Authorization` value is refused without parsing. Real ones have about 500 characters. */
export const MAX_AUTHORIZATION_CHARACTERS = 4096;

/**
 * The complete protected header. Auth never writes other members (jwk, jku, x5u, crit, b64, zip), so they are refused.
 */
export const AccessTokenHeader = z.strictObject({
  alg: z.literal(TOKEN_ALGORITHM),
  typ: z.literal(TOKEN_TYPE),
  kid: z.string().min(1).max(100),
});
export type AccessTokenHeader = z.infer<typeof AccessTokenHeader>;

/** The claims. Times are in whole seconds since 1970. */
export const AccessTokenClaims = z
  .object({
    iss: z.literal(TOKEN_ISSUER),
    aud: z.literal(TOKEN_AUDIENCE),
    sub: UserId,
    /** The session. When it ends, the token is no longer valid. */
    sid: z.uuid(),
    jti: z.uuid(),
    iat: z.int(),
    exp: z.int(),
    nbf: z.int().optional(),
  })
  .refine(({ iat, exp }) => exp > iat && exp - iat <= ACCESS_TOKEN_SECONDS, 'the lifetime is too long');
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/** The user and the session of an access token. */
export interface Identity {
  userId: UserId;
  sessionId: string;
}

/** Checks an access token using only the token and the public keys. */
export interface AccessTokenVerifier {
  /** @throws InvalidAccessTokenError if the token is not valid */
  verify(token: string, now: Date): Promise<AccessTokenClaims>;
}

/** The access token is not valid. `reason` is for the log; the client does not get it. */
export class InvalidAccessTokenError extends AppError {
  readonly reason: string;

  constructor(reason: string, options: ErrorOptions = {}) {
    super('UNAUTHENTICATED', options);
    this.reason = reason;
  }
}
