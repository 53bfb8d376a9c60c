import type { VideoId } from '../../contracts/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** There is nothing to download yet, or never will be: `detail` says which. */
export class NotReadyError extends AppError {
  constructor(detail: string) {
    super('NOT_READY', { detail });
  }
}

/** The ZIP was available and is no more. */
export class ArchiveExpiredError extends AppError {
  constructor() {
    super('EXPIRED');
  }
}

/** FILE_PROCESSED told of a ZIP that is not there as told. The message is delivered again. */
export class ArchiveIncompleteError extends Error {
  constructor(videoId: VideoId, expectedBytes: number, foundBytes: number | undefined) {
    super(`ZIP of ${videoId}: expected ${expectedBytes} bytes, found ${foundBytes ?? 'no object'}`);
    this.name = 'ArchiveIncompleteError';
  }
}
