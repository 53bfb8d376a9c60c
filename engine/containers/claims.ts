/** Values from a container's header, not yet checked for plausibility. */
export interface Claims {
  durationSeconds?: number;
  /** Pixels of one picture. */
  pixels?: number;
}

/** Whether a value is plausible as a length or a size. */
export const isSensible = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;
