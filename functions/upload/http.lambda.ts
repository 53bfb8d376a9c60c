import { UPLOAD_ROUTES } from '../contracts/routes/upload.ts';
import { createHttpHandler } from '../shared/http/http-handler.ts';
import { uploadOperations } from './routes/operations.ts';
import { buildServices } from './services.ts';

export const handler = createHttpHandler({
  contracts: UPLOAD_ROUTES,
  operations: uploadOperations,
  build: buildServices,
});
