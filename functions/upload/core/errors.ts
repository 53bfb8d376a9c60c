import { CONTENT_TYPE_BY_EXTENSION, MAX_UPLOAD_BYTES } from '../../contracts/limits.ts';
import { AppError } from '../../shared/errors/app-error.ts';

export class UnsupportedExtensionError extends AppError {
  constructor() {
    const extensions = Object.keys(CONTENT_TYPE_BY_EXTENSION).map((extension) => `.${extension}`);
    super('UNSUPPORTED_EXTENSION', `The file's name has to end in one of ${extensions.join(', ')}.`);
  }
}

export class FileTooLargeError extends AppError {
  constructor() {
    super('FILE_TOO_LARGE', `A video has at most ${MAX_UPLOAD_BYTES} bytes.`);
  }
}

export class IdempotencyKeyReusedError extends AppError {
  constructor() {
    super('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request.');
  }
}
