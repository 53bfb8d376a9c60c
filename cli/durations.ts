const NUMBER = String.raw`\d+(?:\.\d+)?`;
const DURATION = new RegExp(
  `^(?:(?<hours>${NUMBER})h)?(?:(?<minutes>${NUMBER})m(?!s))?(?:(?<seconds>${NUMBER})s)?(?:(?<milliseconds>${NUMBER})ms)?$`,
);
const PLAIN = new RegExp(`^(?<seconds>${NUMBER})$`);

/** Seconds of `10s`, `500ms`, `1m30s`, `1h`, or `2.5`, which are seconds; undefined where it is no duration. */
export const parseDuration = (text: string): number | undefined => {
  const { hours, minutes, seconds, milliseconds } =
    PLAIN.exec(text)?.groups ?? (text === '' ? undefined : DURATION.exec(text)?.groups) ?? {};
  if (hours === undefined && minutes === undefined && seconds === undefined && milliseconds === undefined) {
    return undefined;
  }
  const total =
    Number(hours ?? 0) * 3600 +
    Number(minutes ?? 0) * 60 +
    Number(seconds ?? 0) +
    Number(milliseconds ?? 0) / 1000;
  // The engine counts in microseconds.
  return Math.round(total * 1e6) / 1e6;
};
