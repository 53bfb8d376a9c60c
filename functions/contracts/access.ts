/** `gateway`: API Gateway's authorizer checks access tokens. `function`: the HTTP function checks them itself. */
export const ACCESS_CHECKS = ['gateway', 'function'] as const;

/**
 * The format of an `Authorization` value with a token: three base64url parts. API Gateway refuses other values without
 * calling the authorizer, so the functions refuse them too, including another letter case of `Bearer`.
 */
export const BEARER_TOKEN_EXPRESSION = '^Bearer [-\\w]+\\.[-\\w]+\\.[-\\w]+$';

/** Seconds that a service may cache the keys that it fetched from JWKS. */
export const JWKS_MAX_AGE_SECONDS = 300;
