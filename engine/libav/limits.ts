/** A child that holds more memory than this, in bytes, is ended. */
export const MAX_CHILD_BYTES = 900 * 1024 * 1024;
