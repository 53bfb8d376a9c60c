import { describe, expect, it } from 'vitest';
import { attemptBudget } from '../../../../functions/process/core/budget.ts';

describe('attemptBudget', () => {
  it('leaves 15 seconds of a long invocation for reporting a failure', () => {
    expect(attemptBudget(600)).toBe(585);
  });

  it('leaves a fifth of a short invocation', () => {
    expect(attemptBudget(10)).toBe(8);
  });

  it('is never negative', () => {
    expect(attemptBudget(-1)).toBe(0);
  });
});
