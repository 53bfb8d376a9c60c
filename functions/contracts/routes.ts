import { AUTH_ROUTES } from './routes/auth.ts';
import { DOWNLOAD_ROUTES } from './routes/download.ts';
import { HEALTH_ROUTES } from './routes/health.ts';
import { UPLOAD_ROUTES } from './routes/upload.ts';

/**
 * The registry: every operation of the API, by operation id. Handlers, the routes of API Gateway, documentation,
 * clients and the contract tests derive from it. A context's function imports only its own part from `routes/`, so that
 * its bundle contains no other context's schemas.
 */
export const ROUTES = { ...HEALTH_ROUTES, ...AUTH_ROUTES, ...UPLOAD_ROUTES, ...DOWNLOAD_ROUTES } as const;

export type OperationId = keyof typeof ROUTES;
