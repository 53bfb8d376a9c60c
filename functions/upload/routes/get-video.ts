import type { UPLOAD_ROUTES } from '../../contracts/routes/upload.ts';
import type { Operation } from '../../shared/http/operation.ts';
import type { UploadServices } from '../core/ports.ts';
import { getVideo } from '../core/read-videos.ts';

export const getVideoOperation: Operation<typeof UPLOAD_ROUTES.getVideo, UploadServices> = (
  { params },
  services,
  { caller },
) => getVideo({ id: params.id, userId: caller.userId }, services);
