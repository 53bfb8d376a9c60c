import * as z from 'zod';
import { Health } from '../contracts/http.ts';
import { createHttpHandler } from '../shared/http/http-handler.ts';
import { publicRoute } from '../shared/http/route.ts';

/** Whether the API answers at all. It asks no database: an outage there is told by the calls that need it. */
export const handler = createHttpHandler({
  build: async () => undefined,
  routes: [
    publicRoute({
      method: 'GET',
      path: '/health',
      input: z.object({}),
      answer: Health,
      status: 200,
      run: async () => ({ status: 'ok' as const }),
    }),
  ],
});
