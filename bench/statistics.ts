/**
 * The percentile of the values by the nearest-rank method.
 * @param share between 0 and 1
 * @throws Error if there are no values
 */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('there are no values');
  return value;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Formats milliseconds for a table. */
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
