import { EventEmitter } from 'node:events';
import { ReplyError } from 'ioredis';
import { expect, test } from 'vitest';
import { UnavailableError } from '../../../functions/shared/errors/app-error.ts';
import { type Connection, required } from '../../../functions/shared/redis/required.ts';

/** A connection in this state; `emit('ready')` announces that it can be used. */
const connection = (status: Connection['status']) => {
  const events = new EventEmitter();
  const fake: Pick<Connection, 'status'> & EventEmitter = Object.assign(events, { status });
  return fake as Connection & EventEmitter;
};
const outcome = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

test('a reply is returned', async () => {
  expect(await required(connection('ready'), async () => 'PONG')).toBe('PONG');
});

test.each([
  ['a connection that is lost', new Error('Connection is closed.')],
  ['a command that times out', new Error('Command timed out')],
  ['a server that is still loading', new ReplyError('LOADING Redis is loading the dataset in memory')],
  ['a primary that was demoted', new ReplyError("READONLY You can't write against a read only replica.")],
])('%s is an outage with a time to retry after', async (_, cause) => {
  const error = await outcome(required(connection('ready'), () => Promise.reject(cause)));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', cause, retryAfterSeconds: expect.any(Number) });
});

test('a wrong command is not an outage', async () => {
  const wrong = new ReplyError('ERR wrong number of arguments');
  expect(await outcome(required(connection('ready'), () => Promise.reject(wrong)))).toBe(wrong);
});

test('nothing is sent without a connection', async () => {
  const redis = connection('reconnecting');
  let sent = 0;
  const error = await outcome(
    required(redis, async () => {
      sent += 1;
    }),
  );
  expect(error).toBeInstanceOf(UnavailableError);
  expect(sent).toBe(0);
  expect(redis.listenerCount('ready')).toBe(0);
});

test('a command waits for a connection that is being established', async () => {
  const redis = connection('connecting');
  const reply = required(redis, async () => 'PONG');
  redis.emit('ready');
  expect(await reply).toBe('PONG');
});
