/**
 * Runs `work` on up to `concurrency` inputs at a time and yields the results in the order of the inputs. No new
 * work begins while as many results wait to be read, so a slow reader holds it back. When the reader leaves, or one
 * piece of work fails, the signal of the others aborts, and they are waited for: none goes on behind the reader's back.
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
    // Awaited in its turn; until then its failure must not count as unhandled.
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
