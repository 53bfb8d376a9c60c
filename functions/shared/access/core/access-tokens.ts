import * as z from 'zod';
import { UserId } from '../../../contracts/ids.ts';
import { AppError } from '../../errors/app-error.ts';

/** Who issues the access tokens, and for whom. */
export const TOKEN_ISSUER = 'frame-flow-auth';
export const TOKEN_AUDIENCE = 'frame-flow-api';
/** RFC 9068: no other JWT of ours can be taken for an access token. */
export const TOKEN_TYPE = 'at+jwt';
/** The only algorithm accepted (Ed25519). */
export const TOKEN_ALGORITHM = 'EdDSA';

/** Life of an access token, in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** How far the clocks of issuer and verifier may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** A longer `Authorization` value is refused unread; ours have about 500 characters. */
export const MAX_AUTHORIZATION_CHARACTERS = 4096;

/** The protected header, whole: anything more (jwk, jku, x5u, crit, b64, zip) is none that we wrote. */
export const AccessTokenHeader = z.strictObject({
  alg: z.literal(TOKEN_ALGORITHM),
  typ: z.literal(TOKEN_TYPE),
  kid: z.string().min(1).max(100),
});
export type AccessTokenHeader = z.infer<typeof AccessTokenHeader>;

/** The claims, times in whole seconds since 1970. */
export const AccessTokenClaims = z
  .object({
    iss: z.literal(TOKEN_ISSUER),
    aud: z.literal(TOKEN_AUDIENCE),
    sub: UserId,
    /** The session, which ends the token with it. */
    sid: z.uuid(),
    jti: z.uuid(),
    iat: z.int(),
    exp: z.int(),
    nbf: z.int().optional(),
  })
  .refine(({ iat, exp }) => exp > iat && exp - iat <= ACCESS_TOKEN_SECONDS, 'lives longer than ours');
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/** Whom an access token stands for. */
export interface Identity {
  userId: UserId;
  sessionId: string;
}

/** Checks everything about an access token that can be told from it and our public keys. */
export interface AccessTokenVerifier {
  /** @throws InvalidAccessTokenError for whatever is wrong with it. */
  verify(token: string, now: Date): Promise<AccessTokenClaims>;
}

/** No access token of ours that is valid now. `reason` is for the log; the client is told none. */
export class InvalidAccessTokenError extends AppError {
  readonly reason: string;

  constructor(reason: string, options: ErrorOptions = {}) {
    super('UNAUTHENTICATED', options);
    this.reason = reason;
  }
}
