import type { VideoSource } from '../../engine/index.ts';

/** A video that the command line reads where it lies. */
export interface OpenedSource extends VideoSource {
  /** SHA-256 in hex; undefined where telling it would mean to read what no frame needs. */
  sha256(signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}
