/** The value below which this share of the values lies, by the nearest rank. @throws Error where there are none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('there are no values');
  return value;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Milliseconds, as a table shows them. */
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
