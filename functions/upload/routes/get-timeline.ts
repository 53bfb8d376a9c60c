import type { UPLOAD_ROUTES } from '../../contracts/routes/upload.ts';
import type { Operation } from '../../shared/http/operation.ts';
import type { UploadServices } from '../core/ports.ts';
import { getTimeline } from '../core/read-videos.ts';

export const getTimelineOperation: Operation<typeof UPLOAD_ROUTES.getTimeline, UploadServices> = (
  { params },
  services,
  { caller },
) => getTimeline({ id: params.id, userId: caller.userId }, services);
