/** The largest accepted upload, in bytes: 100 MiB. */
export const MAX_UPLOAD_BYTES = 100 * 1024 * 1024;

/** Default seconds of video between two frames. */
export const DEFAULT_INTERVAL_SECONDS = 10;
export const MIN_INTERVAL_SECONDS = 1;
export const MAX_INTERVAL_SECONDS = 3600;

/** A video with more frames fails with TOO_MANY_FRAMES, independently of the duration that the file declares. */
export const MAX_FRAMES = 10_000;

/** The longest accepted file name, in bytes of UTF-8: the limit of common file systems. */
export const MAX_FILE_NAME_BYTES = 255;

/** A JSON request body with more bytes is refused with PAYLOAD_TOO_LARGE. */
export const MAX_JSON_BODY_BYTES = 16 * 1024;

/** How long a presigned upload form stays valid, in seconds. */
export const UPLOAD_URL_SECONDS = 15 * 60;

/** How long a presigned download URL stays valid, in seconds. */
export const DOWNLOAD_URL_SECONDS = 5 * 60;

/** How long a ZIP can be downloaded after it became available, in seconds: 7 days. */
export const ARTIFACT_LIFETIME_SECONDS = 7 * 24 * 3600;

/**
 * Minimum remaining lifetime of a result, in seconds. With less, it counts as expired, because a link would be useless.
 */
export const MIN_RESULT_SECONDS = 1;

/** The accepted file name extensions (lower case, without the dot) and their content types. */
export const CONTENT_TYPE_BY_EXTENSION = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
} as const;
export type VideoExtension = keyof typeof CONTENT_TYPE_BY_EXTENSION;
