/** Pixels of the largest picture decoded: 8K UHD. A larger one takes more memory than a function has. */
export const MAX_PIXELS = 33_177_600;

/** More streams than this are no recording of anything. */
export const MAX_STREAMS = 16;

/** More packets than this in one upload are an attack on the time of whoever lists them. */
export const MAX_PACKETS = 5_000_000;

/** A child that holds more memory than this, in bytes, is ended. */
export const MAX_CHILD_BYTES = 900 * 1024 * 1024;
