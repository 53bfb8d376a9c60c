import { DOWNLOAD_ROUTES } from '../contracts/routes/download.ts';
import { createHttpHandler } from '../shared/http/http-handler.ts';
import { downloadOperations } from './routes/operations.ts';
import { buildServices } from './services.ts';

export const handler = createHttpHandler({
  contracts: DOWNLOAD_ROUTES,
  operations: downloadOperations,
  build: buildServices,
});
