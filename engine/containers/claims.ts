/** What a container's header says of its video, not yet checked for sense. */
export interface Claims {
  durationSeconds?: number;
  /** Of one picture. */
  pixels?: number;
}

/** Whether a value can be a length or a size at all. */
export const isSensible = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;
