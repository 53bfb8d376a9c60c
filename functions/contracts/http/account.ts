import * as z from 'zod';
import { UserId } from '../ids.ts';
import { NO_CONTROL_CHARACTERS, Time } from './common.ts';

/* Accounts and sessions: all request and response bodies. Times are ISO 8601 UTC, durations are in seconds. */

/**
 * At most 254 characters (RFC 5321). ASCII only, so without confusable letters. Compared in lower case. The check comes
 * before lower-casing and trimming, because the Kelvin sign's lower case is an ASCII k, and trimming removes line
 * breaks.
 */
export const Email = z
  .string()
  .max(254)
  .regex(/^[ -~]*$/, 'must consist of printable ASCII characters')
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email());

/** 8–128 characters, no composition rules (NIST SP 800-63B); never trimmed or truncated. */
export const NewPassword = z.string().min(8).max(128);

const DisplayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(NO_CONTROL_CHARACTERS, 'must not contain control characters');

export const RegisterRequest = z.object({
  email: Email,
  password: NewPassword,
  name: DisplayName.optional(),
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;

const RefreshToken = z.string().min(1).max(512);

export const LoginRequest = z.object({
  email: Email,
  password: z.string().min(1).max(128),
  /**
   * Optional: any refresh token that this device received for the same account, even an old one. It proves a known
   * device, so that attacks on the account, even from the same address, do not delay this login.
   */
  refreshToken: RefreshToken.optional(),
});
export type LoginRequest = z.infer<typeof LoginRequest>;

export const RefreshRequest = z.object({ refreshToken: RefreshToken });
export type RefreshRequest = z.infer<typeof RefreshRequest>;

export const UpdateProfileRequest = z.object({ name: DisplayName.nullable() });
export type UpdateProfileRequest = z.infer<typeof UpdateProfileRequest>;

export const Profile = z.object({
  id: UserId,
  email: z.string(),
  name: z.string().nullable(),
  createdAt: Time,
});
export type Profile = z.infer<typeof Profile>;

export const TokenPair = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds until the access token expires. */
  expiresIn: z.int().positive(),
});
export type TokenPair = z.infer<typeof TokenPair>;

export const Jwks = z.object({
  keys: z.array(
    z.object({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') }).loose(),
  ),
});
export type Jwks = z.infer<typeof Jwks>;
