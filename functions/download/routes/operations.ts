import type { DOWNLOAD_ROUTES } from '../../contracts/routes/download.ts';
import type { Operations } from '../../shared/http/operation.ts';
import type { DownloadServices } from '../core/ports.ts';
import { getDownloadOperation } from './get-download.ts';
import { listFramesOperation } from './list-frames.ts';

/** One operation for each route of this context. */
export const downloadOperations: Operations<typeof DOWNLOAD_ROUTES, DownloadServices> = {
  getDownload: getDownloadOperation,
  listFrames: listFramesOperation,
};
