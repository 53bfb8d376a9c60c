/** Options of a sweep. */
export interface SweepOptions<Item> {
  /** Number of concurrent workers. */
  workers: number;
  /** False when the sweep must end. Running items are finished; the next sweep handles the rest. */
  hasTime(): boolean;
  /** Called for each item that failed. */
  onError(item: Item, error: unknown): void;
}

/**
 * Handles all due items until none is left or the time is up. A failed item is reported, does not stop the others, and
 * is not retried in the same sweep.
 *
 * @returns the number of items per outcome
 * @throws the error of the items' source, after the running items are finished
 */
export const sweepEach = async <Item, Outcome extends string>(
  due: AsyncIterable<Item>,
  handle: (item: Item) => Promise<Outcome>,
  { workers, hasTime, onError }: SweepOptions<Item>,
): Promise<Partial<Record<Outcome, number>>> => {
  const items = due[Symbol.asyncIterator]();
  const counts: Partial<Record<Outcome, number>> = {};
  const work = async (): Promise<void> => {
    while (hasTime()) {
      const next = await items.next();
      if (next.done) return;
      try {
        const outcome = await handle(next.value);
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      } catch (error) {
        onError(next.value, error);
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: workers }, work));
  await items.return?.();
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return counts;
};
