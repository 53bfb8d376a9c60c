import { describe, expect, it } from 'vitest';
import { awaitDatabase } from '../../../functions/shared/inbox/await-database.ts';

const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

const invocationOf = (milliseconds: number) => ({ remainingMilliseconds: () => milliseconds });

/** A consumer that fails with each of these errors in turn, then succeeds. */
const failing = (...errors: Error[]) => {
  const state = { calls: 0 };
  const consume = async () => {
    const error = errors[state.calls];
    state.calls += 1;
    if (error) throw error;
  };
  return { state, consume };
};

describe('a consumer that waits for the database', () => {
  it('goes on once the database is back', async () => {
    const { state, consume } = failing(away, away, away);
    await awaitDatabase(consume, invocationOf(60_000), 1);
    expect(state.calls).toBe(4);
  });

  it('fails at once on any other error', async () => {
    const { state, consume } = failing(new Error('a defect'), away);
    await expect(awaitDatabase(consume, invocationOf(60_000), 1)).rejects.toThrow('a defect');
    expect(state.calls).toBe(1);
  });

  it('returns the message to the queue once half of its time has passed', async () => {
    const startedAt = performance.now();
    const { state, consume } = failing(...Array.from({ length: 10_000 }, () => away));
    await expect(awaitDatabase(consume, invocationOf(200), 1)).rejects.toBe(away);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(99);
    expect(state.calls).toBeGreaterThan(1);
  });

  it('tries once when no time is left', async () => {
    const { state, consume } = failing();
    await awaitDatabase(consume, invocationOf(0), 1);
    expect(state.calls).toBe(1);
  });
});
