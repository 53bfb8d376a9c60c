import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { handOutWholeGroups } from '../../../../local/services/fifo-batches.ts';

/** The part of a `fauxqs` queue that the test uses. */
interface Queue {
  nextSequenceNumber(): string;
  enqueue(message: object): void;
  dequeue(most: number, visibilitySeconds?: number): { MessageId: string; ReceiptHandle: string }[];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): void;
}
type QueueClass = new (name: string, url: string, arn: string, attributes: object) => Queue;
const Module = z.object({
  SqsQueue: z.custom<QueueClass>((value) => typeof value === 'function'),
  SqsStore: z.custom<{ createMessage(...args: unknown[]): object }>(
    (value) => typeof value === 'function' && 'createMessage' in value,
  ),
});

const VISIBILITY_SECONDS = 20;
let parts: z.infer<typeof Module>;
beforeAll(async () => {
  await handOutWholeGroups();
  parts = Module.parse(await import(new URL('./sqs/sqsStore.js', import.meta.resolve('fauxqs')).href));
});
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Step =
  | { do: 'send'; group: number }
  | { do: 'receive'; most: number }
  | { do: 'delete' | 'give back'; which: number }
  | { do: 'wait'; seconds: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('send' as const), group: fc.nat(3) }),
  fc.record({ do: fc.constant('receive' as const), most: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ do: fc.constantFrom('delete' as const, 'give back' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 19, 21) }),
);

/** SQS as its documentation describes it. */
class Model {
  /** Messages per group, in order, each with its number and the end of its time in flight. */
  readonly groups = new Map<number, { number: number; inFlightUntil: number; handle: string }[]>();

  mayReceive(most: number): number {
    let count = 0;
    for (const messages of this.groups.values()) {
      if (messages.every(({ inFlightUntil }) => inFlightUntil <= Date.now())) count += messages.length;
    }
    return Math.min(count, most);
  }
}

describe('the FIFO queues of the dev stack', () => {
  it('keep the order of each group, deliver as many messages as SQS would, and lock no group forever', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new parts.SqsQueue('q.fifo', 'url', 'arn', {
          FifoQueue: 'true',
          VisibilityTimeout: String(VISIBILITY_SECONDS),
        });
        const model = new Model();
        const numbers = new Map<string, { group: number; number: number }>();
        let sent = 0;
        const receive = (most: number): number => {
          const expected = model.mayReceive(most);
          const received = queue.dequeue(most);
          expect(received).toHaveLength(expected);
          const firsts = new Map<number, number>();
          for (const { MessageId, ReceiptHandle } of received) {
            const { group, number } = numbers.get(MessageId) ?? { group: -1, number: -1 };
            const place = firsts.get(group) ?? 0;
            firsts.set(group, place + 1);
            const message = model.groups.get(group)?.[place];
            expect(message?.number).toBe(number);
            if (message === undefined) continue;
            message.inFlightUntil = Date.now() + VISIBILITY_SECONDS * 1000;
            message.handle = ReceiptHandle;
          }
          return received.length;
        };
        const inFlight = () =>
          [...model.groups].flatMap(([group, messages]) =>
            messages
              .filter(({ inFlightUntil }) => inFlightUntil > Date.now())
              .map((message) => ({ group, message })),
          );
        for (const each of steps) {
          switch (each.do) {
            case 'send': {
              const message = parts.SqsStore.createMessage(
                'body',
                {},
                undefined,
                `g${each.group}`,
                `${sent}`,
              );
              Object.assign(message, { sequenceNumber: queue.nextSequenceNumber() });
              const { messageId } = z.object({ messageId: z.string() }).parse(message);
              numbers.set(messageId, { group: each.group, number: sent });
              const group = model.groups.get(each.group) ?? [];
              model.groups.set(each.group, [...group, { number: sent, inFlightUntil: 0, handle: '' }]);
              sent += 1;
              queue.enqueue(message);
              break;
            }
            case 'receive':
              receive(each.most);
              break;
            case 'delete':
            case 'give back': {
              const all = inFlight();
              const chosen = all[each.which % Math.max(1, all.length)];
              if (chosen === undefined) break;
              const { group, message } = chosen;
              if (each.do === 'delete') {
                queue.deleteMessage(message.handle);
                model.groups.set(
                  group,
                  (model.groups.get(group) ?? []).filter((one) => one !== message),
                );
              } else {
                queue.changeVisibility(message.handle, 0);
                message.inFlightUntil = 0;
              }
              break;
            }
            case 'wait':
              vi.advanceTimersByTime(each.seconds * 1000);
          }
        }
        // After the visibility timeout, every message is delivered, whatever happened before.
        vi.advanceTimersByTime((VISIBILITY_SECONDS + 1) * 1000);
        let left = [...model.groups.values()].reduce((sum, messages) => sum + messages.length, 0);
        while (left > 0) {
          const count = receive(10);
          expect(count).toBeGreaterThan(0);
          left -= count;
          for (const { group, message } of inFlight()) {
            queue.deleteMessage(message.handle);
            model.groups.set(
              group,
              (model.groups.get(group) ?? []).filter((one) => one !== message),
            );
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
