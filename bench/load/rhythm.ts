/** The rhythm of a soak's uploads. */
export interface Rhythm {
  readonly ratePerMinute: number;
  /** Length of each quiet phase; 0: no quiet phases. */
  readonly idleSeconds: number;
}

/** Duration of the uploads between two quiet phases. */
const BUSY_SECONDS = 120;

/** The time of an upload, in milliseconds after the first one. */
export const dueAfterMilliseconds = (number: number, { ratePerMinute, idleSeconds }: Rhythm): number => {
  const busySeconds = (number * 60) / ratePerMinute;
  const pauses = Math.floor(busySeconds / BUSY_SECONDS);
  return (busySeconds + pauses * idleSeconds) * 1000;
};

/** Number of uploads within the first `seconds`. */
export const uploadsWithin = (seconds: number, rhythm: Rhythm): number => {
  let number = 0;
  while (dueAfterMilliseconds(number, rhythm) < seconds * 1000) number += 1;
  return number;
};
