import type { UPLOAD_ROUTES } from '../../contracts/routes/upload.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { deleteVideo } from '../core/delete-video.ts';
import type { UploadServices } from '../core/ports.ts';

export const deleteVideoOperation: Operation<typeof UPLOAD_ROUTES.deleteVideo, UploadServices> = (
  { params },
  services,
  { caller, correlationId },
) => deleteVideo({ id: params.id, userId: caller.userId, correlationId }, services);
