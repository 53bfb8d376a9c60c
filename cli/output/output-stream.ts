import type { Writable } from 'node:stream';

/** A stream of the process, and whether it is a terminal. */
export type OutputStream = Writable & { isTTY?: boolean; columns?: number };
