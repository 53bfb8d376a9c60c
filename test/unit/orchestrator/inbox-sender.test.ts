import { type SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { InboxSender } from '../../../functions/orchestrator/relay/inbox-sender.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';

/** SQS that answers after a delay and records the accepted messages in order, the batch sizes and the concurrency. */
const slowSqs = () => {
  const seen = { underWay: 0, most: 0, accepted: [] as string[], sizes: [] as number[] };
  const sqs = mockClient(SQSClient);
  sqs.onAnyCommand().callsFake(async ({ Entries = [] }: SendMessageBatchCommand['input']) => {
    seen.underWay += 1;
    seen.most = Math.max(seen.most, seen.underWay);
    seen.sizes.push(Entries.length);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.accepted.push(...Entries.map(({ MessageDeduplicationId = '' }) => MessageDeduplicationId));
    seen.underWay -= 1;
    return {};
  });
  return { seen, sender: new InboxSender(new SQSClient({}), 'http://queue') };
};

describe('the sender of an inbox', () => {
  it('sends the events of one saga in order and those of several sagas concurrently', async () => {
    const { seen, sender } = slowSqs();
    const sagas = Array.from({ length: 60 }, () => {
      const origin = someOrigin();
      return [1, 2, 3].map((attempt) =>
        someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(attempt), origin),
      );
    });
    const inTurns = [0, 1, 2].flatMap((turn) => sagas.flatMap((events) => events[turn] ?? []));
    await Promise.all(inTurns.map((event) => sender.send(event, JSON.stringify(event))));
    for (const events of sagas) {
      const places = events.map(({ id }) => seen.accepted.indexOf(id));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
    }
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(4);
    expect(Math.max(...seen.sizes)).toBe(10);
  });

  it('refuses events at once when too many are waiting, and sends the waiting ones', async () => {
    const { seen, sender } = slowSqs();
    const origin = someOrigin();
    const sent = await Promise.allSettled(
      Array.from({ length: 1_500 }, () => sender.send(someEvent('FILE_DELETED', {}, origin), '{}')),
    );
    const refused = sent.flatMap((event) => (event.status === 'rejected' ? [event.reason] : []));
    expect(refused.length).toBeGreaterThan(400);
    for (const reason of refused) expect(reason).toMatchObject({ name: 'SendFailedError' });
    expect(seen.accepted).toHaveLength(1_500 - refused.length);
  });
});
