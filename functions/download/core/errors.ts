import type { VideoId } from '../../contracts/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** There is no download yet, or there will never be one. `detail` says which. */
export class NotReadyError extends AppError {
  constructor(detail: string) {
    super('NOT_READY', { detail });
  }
}

/** The ZIP is no longer available. */
export class ArchiveExpiredError extends AppError {
  constructor() {
    super('EXPIRED');
  }
}

/** The ZIP in S3 does not match FILE_PROCESSED. The message is delivered again. */
export class ArchiveIncompleteError extends Error {
  constructor(videoId: VideoId, expectedBytes: number, foundBytes: number | undefined) {
    super(`ZIP of ${videoId}: expected ${expectedBytes} bytes, found ${foundBytes ?? 'no object'}`);
    this.name = 'ArchiveIncompleteError';
  }
}
