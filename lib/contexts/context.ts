import type { Platform } from '../constructs/platform.ts';

/** What every context's construct is given. */
export interface ContextProps {
  readonly platform: Platform;
}
