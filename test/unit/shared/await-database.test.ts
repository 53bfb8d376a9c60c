import { describe, expect, it } from 'vitest';
import { awaitDatabase } from '../../../functions/shared/inbox/await-database.ts';

const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** An invocation whose time goes by with each question. */
const invocationOf = (milliseconds: number, perQuestion: number) => {
  let left = milliseconds + perQuestion;
  return {
    remainingMilliseconds: () => {
      left -= perQuestion;
      return left;
    },
  };
};

/** Fails with these, then succeeds. */
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
    await awaitDatabase(consume, invocationOf(10_000, 100), 1);
    expect(state.calls).toBe(4);
  });

  it('fails of anything else at once', async () => {
    const { state, consume } = failing(new Error('a defect'), away);
    await expect(awaitDatabase(consume, invocationOf(10_000, 100), 1)).rejects.toThrow('a defect');
    expect(state.calls).toBe(1);
  });

  it('gives the message back where half of its time has gone by', async () => {
    const { state, consume } = failing(...Array.from({ length: 100 }, () => away));
    await expect(awaitDatabase(consume, invocationOf(1_000, 100), 1)).rejects.toBe(away);
    expect(state.calls).toBe(5);
  });
});
