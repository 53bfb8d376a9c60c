import type { UPLOAD_ROUTES } from '../../contracts/routes/upload.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { createVideo } from '../core/create-video.ts';
import type { UploadServices } from '../core/ports.ts';

export const createVideoOperation: Operation<typeof UPLOAD_ROUTES.createVideo, UploadServices> = (
  { body, headers },
  services,
  { caller, correlationId },
) =>
  createVideo(
    { userId: caller.userId, request: body, idempotencyKey: headers['idempotency-key'], correlationId },
    services,
  );
