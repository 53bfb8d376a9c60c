import { expect, test } from 'vitest';
import { bestEffort } from '../../../functions/shared/redis/best-effort.ts';

test('a reply is passed on', async () => {
  expect(await bestEffort(Promise.resolve('PONG'))).toBe('PONG');
});

test('a failure is no reply', async () => {
  expect(await bestEffort(Promise.reject(new Error('connection lost')))).toBeUndefined();
});

test('a reply that does not come is not waited for', async () => {
  expect(await bestEffort(new Promise<string>(() => undefined))).toBeUndefined();
});
