/** The largest upload accepted, in bytes: 100 MiB. */
export const MAX_UPLOAD_BYTES = 100 * 1024 * 1024;

/** Seconds of video between two frames unless the user asks otherwise. */
export const DEFAULT_INTERVAL_SECONDS = 10;
export const MIN_INTERVAL_SECONDS = 1;
export const MAX_INTERVAL_SECONDS = 3600;

/** More frames than this end in TOO_MANY_FRAMES, whatever the file's duration claims. */
export const MAX_FRAMES = 10_000;

/** The longest file name accepted, in bytes of UTF-8: what common file systems store. */
export const MAX_FILE_NAME_BYTES = 255;

/** A JSON request body larger than this is refused with PAYLOAD_TOO_LARGE. */
export const MAX_JSON_BODY_BYTES = 16 * 1024;

/** How long a presigned upload form stays valid, in seconds. */
export const UPLOAD_URL_SECONDS = 15 * 60;

/** How long a presigned download URL stays valid, in seconds. */
export const DOWNLOAD_URL_SECONDS = 5 * 60;

/** How long a ZIP can be downloaded after it became available, in seconds: 7 days. */
export const ARTIFACT_LIFETIME_SECONDS = 7 * 24 * 3600;

/** A result with less time left than this has expired, in seconds: no link to it could be used. */
export const MIN_RESULT_SECONDS = 1;

/** File name extensions accepted, lower case, without the dot, with the content type each implies. */
export const CONTENT_TYPE_BY_EXTENSION = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
} as const;
export type VideoExtension = keyof typeof CONTENT_TYPE_BY_EXTENSION;
