/**
 * Runs `work` on up to `concurrency` inputs at a time and yields the results in the order of the inputs. No new
 * work begins while as many results wait to be read, so a slow reader holds it back.
 */
export async function* orderedPrefetch<Input, Output>(
  inputs: readonly Input[],
  concurrency: number,
  work: (input: Input) => Promise<Output>,
): AsyncGenerator<Output> {
  const underWay: Promise<Output>[] = [];
  const begin = (input: Input | undefined) => {
    if (input === undefined) return;
    const result = work(input);
    // Awaited in its turn; until then its failure must not count as unhandled.
    result.catch(() => undefined);
    underWay.push(result);
  };
  for (const input of inputs.slice(0, concurrency)) begin(input);
  let next = underWay.length;
  for (let current = underWay.shift(); current; current = underWay.shift()) {
    const output = await current;
    begin(inputs[next]);
    next += 1;
    yield output;
  }
}
