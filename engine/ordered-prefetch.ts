/**
 * Runs `work` on up to `concurrency` inputs at a time and yields the results in the order of the inputs. Unread results
 * count against `concurrency`, so a slow reader slows the work down. When the reader leaves or one call fails, the
 * signal of the other calls aborts, and the generator waits until they have ended.
 */
export async function* orderedPrefetch<Input, Output>(
  inputs: readonly Input[],
  concurrency: number,
  work: (input: Input, signal: AbortSignal) => Promise<Output>,
): AsyncGenerator<Output> {
  const leaving = new AbortController();
  const underWay: Promise<Output>[] = [];
  const begin = (input: Input | undefined) => {
    if (input === undefined) return;
    const result = work(input, leaving.signal);
    // Awaited later; until then, a rejection must not count as unhandled.
    result.catch(() => undefined);
    underWay.push(result);
  };
  try {
    for (const input of inputs.slice(0, concurrency)) begin(input);
    let next = underWay.length;
    for (let current = underWay.shift(); current; current = underWay.shift()) {
      const output = await current;
      begin(inputs[next]);
      next += 1;
      yield output;
    }
  } finally {
    leaving.abort(new Error('The results are no longer wanted'));
    await Promise.allSettled(underWay);
  }
}
