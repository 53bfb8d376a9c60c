/** How a sweep goes through what is due. */
export interface SweepOptions<Item> {
  /** How many items are handled at the same time. */
  workers: number;
  /** False once the sweep has to end; items under way are finished, the rest is left to the next sweep. */
  hasTime(): boolean;
  /** Told of each item that could not be handled. */
  onError(item: Item, error: unknown): void;
}

/**
 * Handles everything that is due until nothing is left or the time is up. An item that fails is reported, stops no other
 * and is not tried again in the same sweep, because the items come in one pass.
 *
 * @returns how often each outcome came.
 * @throws what the source of the items throws, after the items under way are finished.
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
