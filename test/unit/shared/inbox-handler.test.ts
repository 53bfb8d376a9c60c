import { expect, test } from 'vitest';
import { createInboxHandler } from '../../../functions/shared/inbox/inbox-handler.ts';
import { someEvent, someOrigin, someSource } from '../../support/events.ts';
import { DEAD_LETTERS_ARN, deliverDeadLetters, deliverEvents } from '../../support/sqs-event.ts';

process.env.DEAD_LETTER_ARNS = `arn:aws:sqs:us-east-1:000000000000:others.fifo,${DEAD_LETTERS_ARN}`;

const consumed: string[] = [];
const handler = createInboxHandler({
  build: async () => undefined,
  consumers: {
    FILE_UPLOADED: async ({ id }) => {
      consumed.push(id);
    },
  },
});

const [one, other] = [someOrigin(), someOrigin()];
const poison = someEvent('FILE_DELETED', {}, one);
const behindIt = someEvent('FILE_UPLOADED', someSource(), one);
const besideIt = someEvent('FILE_UPLOADED', someSource(), other);
const batch = [poison, behindIt, besideIt];

test('an inbox returns a failed event and the later events of its saga, to keep their order', async () => {
  consumed.length = 0;
  expect(await deliverEvents(handler, ...batch)).toEqual([0, 1]);
  expect(consumed).toEqual([besideIt.id]);
});

test('a dead-letter queue returns only the failed event, which would otherwise block its saga', async () => {
  consumed.length = 0;
  expect(await deliverDeadLetters(handler, ...batch)).toEqual([0]);
  expect(consumed).toEqual([behindIt.id, besideIt.id]);
});
