import { describe, expect, it } from 'vitest';
import { patiently } from '../../../bench/load/patience.ts';

class TransientError extends Error {}

/** Makes a call that fails with each of these errors in turn; returns its answer and the pauses between the tries. */
const callThatFails = async (...failures: readonly Error[]) => {
  const waiting = [...failures];
  const pauses: number[] = [];
  const answer = await patiently(
    async () => {
      const failure = waiting.shift();
      if (failure) throw failure;
      return 'answered';
    },
    (error) => error instanceof TransientError,
    async (milliseconds) => pauses.push(milliseconds),
  );
  return { answer, pauses };
};

describe('patiently', () => {
  it('retries with growing delays', async () => {
    const { answer, pauses } = await callThatFails(...Array.from({ length: 6 }, () => new TransientError()));
    expect(answer).toBe('answered');
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
  });

  it('does not retry an error that is not transient', async () => {
    await expect(callThatFails(new Error('400'))).rejects.toThrow('400');
  });
});
