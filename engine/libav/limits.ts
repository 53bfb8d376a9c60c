/** A child that uses more memory than this, in bytes, is killed. */
export const MAX_CHILD_BYTES = 900 * 1024 * 1024;
