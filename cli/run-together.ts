/**
 * Does `work` on each item, at most `limit` at a time, and answers the results in the order of the items. After `signal`
 * has aborted no further item is begun.
 *
 * @throws the first error of `work`, after what is under way has ended.
 */
export const runTogether = async <Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result[]> => {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [position, item] of waiting) {
      if (signal.aborted) return;
      results[position] = await work(item);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return Object.values(results);
};
