/** `gateway`: API Gateway's authorizer checks access tokens. `function`: the HTTP function checks them itself. */
export const ACCESS_CHECKS = ['gateway', 'function'] as const;
export type AccessCheck = (typeof ACCESS_CHECKS)[number];

/**
 * What an `Authorization` value with a token looks like: three base64url parts. API Gateway refuses anything else without
 * asking the authorizer, so the functions refuse it too, the letter case of `Bearer` included.
 */
export const BEARER_TOKEN_EXPRESSION = '^Bearer [-\\w]+\\.[-\\w]+\\.[-\\w]+$';

/** For how long, in seconds, a service may keep the keys that it fetched from JWKS. */
export const JWKS_MAX_AGE_SECONDS = 300;
