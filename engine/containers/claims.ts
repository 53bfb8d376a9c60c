/** What a container's header says of its video, not yet checked for sense. */
export interface Claims {
  durationSeconds?: number;
  /** Of one picture. */
  pixels?: number;
}
