/** How a soak's uploads follow each other. */
export interface Rhythm {
  readonly ratePerMinute: number;
  /** Of each quiet phase; 0: none. */
  readonly idleSeconds: number;
}

/** Between two quiet phases uploads go on for so long. */
const BUSY_SECONDS = 120;

/** When an upload is due, in milliseconds after the first one. */
export const dueAfterMilliseconds = (number: number, { ratePerMinute, idleSeconds }: Rhythm): number => {
  const busySeconds = (number * 60) / ratePerMinute;
  const pauses = Math.floor(busySeconds / BUSY_SECONDS);
  return (busySeconds + pauses * idleSeconds) * 1000;
};

/** How many uploads are due before so many seconds have passed. */
export const uploadsWithin = (seconds: number, rhythm: Rhythm): number => {
  let number = 0;
  while (dueAfterMilliseconds(number, rhythm) < seconds * 1000) number += 1;
  return number;
};
