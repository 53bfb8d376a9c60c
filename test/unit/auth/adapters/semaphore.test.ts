import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../../functions/auth/adapters/semaphore.ts';

describe('Semaphore', () => {
  it('runs at most its limit at once, and everything in the end, in order', async () => {
    const semaphore = new Semaphore(2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = (id: number) =>
      semaphore.run(async () => {
        running += 1;
        most = Math.max(most, running);
        order.push(id);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      });
    await Promise.all([1, 2, 3, 4, 5, 6].map(work));
    expect(most).toBe(2);
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('releases its place when the work fails', async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(semaphore.run(async () => 'next')).resolves.toBe('next');
  });
});
