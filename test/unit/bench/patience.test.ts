import { describe, expect, it } from 'vitest';
import { patiently, UnavailableError } from '../../../bench/load/patience.ts';

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
    (error) => error instanceof UnavailableError,
    async (milliseconds) => pauses.push(milliseconds),
  );
  return { answer, pauses };
};

describe('patiently', () => {
  it('retries after the delay that the error asks for, however long', async () => {
    const { answer, pauses } = await callThatFails(new UnavailableError('503', 5_000));
    expect(answer).toBe('answered');
    expect(pauses).toEqual([5_000]);
  });

  it('retries with growing delays when the error asks for none', async () => {
    const { pauses } = await callThatFails(...Array.from({ length: 6 }, () => new UnavailableError('502')));
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
  });

  it('does not retry an error that is not transient', async () => {
    await expect(callThatFails(new Error('400'))).rejects.toThrow('400');
  });
});
