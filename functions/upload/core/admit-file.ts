import type { CreateVideoRequest } from '../../contracts/http/videos.ts';
import {
  CONTENT_TYPE_BY_EXTENSION,
  MAX_FILE_NAME_BYTES,
  MAX_UPLOAD_BYTES,
  type VideoExtension,
} from '../../contracts/limits.ts';
import { ValidationFailedError } from '../../shared/errors/app-error.ts';
import { FileTooLargeError, UnsupportedExtensionError } from './errors.ts';

/** A file that may be uploaded. */
export interface AdmittedFile {
  /** The name from the request. Lone surrogates are replaced, so that it can be stored and returned. */
  fileName: string;
  extension: VideoExtension;
  contentType: string;
}

const EXTENSION = /\.([^.]+)$/;

/**
 * Checks that a file with this name and declared size may be uploaded. Unusual names stay unchanged; code that uses a
 * name makes it safe.
 *
 * @throws UnsupportedExtensionError, FileTooLargeError, ValidationFailedError
 */
export const admitFile = (
  request: Pick<CreateVideoRequest, 'fileName' | 'sizeBytes' | 'contentType'>,
): AdmittedFile => {
  const fileName = request.fileName.toWellFormed();
  if (new TextEncoder().encode(fileName).length > MAX_FILE_NAME_BYTES) {
    throw new ValidationFailedError([
      { path: 'body.fileName', message: `must have at most ${MAX_FILE_NAME_BYTES} bytes of UTF-8` },
    ]);
  }
  const extension = extensionOf(fileName);
  if (!extension) throw new UnsupportedExtensionError();
  if (request.sizeBytes > MAX_UPLOAD_BYTES) throw new FileTooLargeError();
  return { fileName, extension, contentType: request.contentType ?? CONTENT_TYPE_BY_EXTENSION[extension] };
};

const extensionOf = (fileName: string): VideoExtension | undefined => {
  const extension = EXTENSION.exec(fileName)?.[1]?.toLowerCase();
  return isVideoExtension(extension) ? extension : undefined;
};

const isVideoExtension = (extension: string | undefined): extension is VideoExtension =>
  extension !== undefined && Object.hasOwn(CONTENT_TYPE_BY_EXTENSION, extension);
