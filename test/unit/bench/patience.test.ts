import { describe, expect, it } from 'vitest';
import { patiently, UnavailableError } from '../../../bench/load/patience.ts';

/** A call that fails with each of these in turn, and the pauses made in between. */
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
  it('comes again when it was told to, however long that is', async () => {
    const { answer, pauses } = await callThatFails(new UnavailableError('503', 5_000));
    expect(answer).toBe('answered');
    expect(pauses).toEqual([5_000]);
  });

  it('comes again ever later where it was told nothing', async () => {
    const { pauses } = await callThatFails(...Array.from({ length: 6 }, () => new UnavailableError('502')));
    expect(pauses).toEqual([...pauses].sort((one, other) => one - other));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
  });

  it('does not repeat what will never be answered otherwise', async () => {
    await expect(callThatFails(new Error('400'))).rejects.toThrow('400');
  });
});
