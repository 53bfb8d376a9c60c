/**
 * How long a request may take and when the client should try again. The values are in one place because the refresh
 * grace (functions/auth/core/sessions.ts) is computed from them.
 */

/**
 * API Gateway stops waiting for an integration after this time. The client then gets 503; the function may continue.
 */
export const API_GATEWAY_TIMEOUT_SECONDS = 29;

/** Timeout of the HTTP functions. It is below API Gateway's, so that the client gets the error. */
export const HTTP_FUNCTION_TIMEOUT_SECONDS = 15;

/** Maximum wait for a database connection, from the pool or new. */
export const DATABASE_CONNECTION_TIMEOUT_SECONDS = 4;

/**
 * Maximum wait for the response to one statement. This plus the wait for a connection is less than the timeout of an
 * HTTP function, so a hanging database is reported as 503, not as a timeout.
 */
export const DATABASE_QUERY_TIMEOUT_SECONDS = 8;

/**
 * Maximum wait for the response to BEGIN, which does no work. It is short because BEGIN is retried once on a new
 * connection: both tries, each with a new connection, end before an HTTP function's timeout.
 */
export const DATABASE_BEGIN_TIMEOUT_SECONDS = 2;

/** `Retry-After` of every 503, in seconds. */
export const UNAVAILABLE_RETRY_AFTER_SECONDS = 5;
