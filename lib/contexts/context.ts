import type { Platform } from '../constructs/platform.ts';

/** The properties of every context's construct. */
export interface ContextProps {
  readonly platform: Platform;
}
