/**
 * How long a request may take and what the client is told to do next. One place for all of it, because the refresh
 * grace (functions/auth/core/sessions.ts) is computed from these numbers.
 */

/** API Gateway gives up on an integration after this time. The client then gets 503, while the function may go on. */
export const API_GATEWAY_TIMEOUT_SECONDS = 29;

/** Timeout of the HTTP functions: below API Gateway's, so that the client hears of it. */
export const HTTP_FUNCTION_TIMEOUT_SECONDS = 15;

/** Maximum wait for a database connection: a free one of the pool, or a new one. */
export const DATABASE_CONNECTION_TIMEOUT_SECONDS = 4;

/**
 * Maximum wait for the answer to one statement. Together with the wait for a connection it is less than the timeout of
 * an HTTP function: a hanging database is reported as 503, not as a timeout.
 */
export const DATABASE_QUERY_TIMEOUT_SECONDS = 8;

/**
 * Maximum wait for the answer to BEGIN, which does no work. Short, because it is tried a second time on a new connection:
 * both tries, with a new connection each, are over before an HTTP function's timeout.
 */
export const DATABASE_BEGIN_TIMEOUT_SECONDS = 2;

/** `Retry-After` of every 503, in seconds. */
export const UNAVAILABLE_RETRY_AFTER_SECONDS = 5;
