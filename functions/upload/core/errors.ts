import { CONTENT_TYPE_BY_EXTENSION } from '../../contracts/limits.ts';
import { AppError } from '../../shared/errors/app-error.ts';

export class UnsupportedExtensionError extends AppError {
  constructor() {
    const extensions = Object.keys(CONTENT_TYPE_BY_EXTENSION).map((extension) => `.${extension}`);
    super('UNSUPPORTED_EXTENSION', {
      detail: `The file's name must end in one of ${extensions.join(', ')}.`,
    });
  }
}

export class FileTooLargeError extends AppError {
  constructor() {
    super('FILE_TOO_LARGE');
  }
}

export class IdempotencyKeyReusedError extends AppError {
  constructor() {
    super('IDEMPOTENCY_KEY_REUSED');
  }
}
