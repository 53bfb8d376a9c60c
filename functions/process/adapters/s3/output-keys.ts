import { framesPrefix, manifestKey, type RunObjects, zipKey } from '../../../contracts/storage-keys.ts';

/** Where the objects of one run's output lie. */
export interface OutputKeys {
  zip: string;
  manifest: string;
  /** Frames and manifest lie below it, the ZIP beside it. */
  framesPrefix: string;
}

export const outputKeys = (run: RunObjects): OutputKeys => ({
  zip: zipKey(run),
  manifest: manifestKey(run),
  framesPrefix: framesPrefix(run),
});
