import { HEALTH_ROUTES } from '../contracts/routes/health.ts';
import { createHttpHandler } from '../shared/http/http-handler.ts';

/** Shows that the API responds. It uses no database; calls that need one report its outage. */
export const handler = createHttpHandler({
  contracts: HEALTH_ROUTES,
  operations: { getHealth: async () => ({ status: 'ok' as const }) },
  build: async () => undefined,
});
