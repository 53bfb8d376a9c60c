/**
 * `fauxqs` 2.4.1 delivers one message per group and receive. SQS delivers up to ten messages: all available messages of
 * one group, in order, then those of the next group. It delivers none of a group that has messages in flight. This
 * patch makes `fauxqs` do the same. It also restores the order of a group when several of its messages become visible
 * again at once. Without the patch this cannot happen, because only one message per group is in flight.
 */
import * as z from 'zod';

/** SQS's maximum number of messages per receive. */
const MAX_RECEIVED = 10;

type Method = (...args: readonly unknown[]) => unknown;
const Method = z.custom<Method>((value) => typeof value === 'function');
const Module = z.object({
  SqsQueue: z.custom<{ prototype: Record<string, unknown> }>((value) => typeof value === 'function'),
});
const Methods = z.object({ dequeueFifo: Method, processTimers: Method });

interface Waiting {
  /** Digits of a fixed width. */
  readonly sequenceNumber: string;
}
const isMap = (value: unknown): boolean => value instanceof Map;
/** Does not validate single messages, because it is parsed many times a second. */
const Queue = z.object({
  /** Visible messages by group. */
  fifoMessages: z.custom<Map<string, Waiting[]>>(isMap),
  /** Number of messages in flight by group. */
  fifoLockedGroups: z.custom<Map<string, number>>(isMap),
  inflightMessages: z.custom<Map<string, unknown>>(isMap),
});
type Queue = z.infer<typeof Queue>;

/** @throws Error if the installed version is structured differently: check whether it still needs this patch */
export const handOutWholeGroups = async (): Promise<void> => {
  const module: unknown = await import(new URL('./sqs/sqsStore.js', import.meta.resolve('fauxqs')).href);
  const { prototype } = Module.parse(module).SqsQueue;
  const { dequeueFifo, processTimers } = Methods.parse(prototype);

  prototype.processTimers = function processTimersInOrder(this: unknown): void {
    const { inflightMessages, fifoMessages } = Queue.parse(this);
    const inFlight = inflightMessages.size;
    Reflect.apply(processTimers, this, []);
    if (inflightMessages.size !== inFlight) restoreOrder(fifoMessages);
  };
  prototype.dequeueFifo = function dequeueFifoBatch(
    this: unknown,
    most: unknown,
    visibilityTimeout: unknown,
    ...rest: readonly unknown[]
  ): unknown {
    const receive = (count: number) =>
      z.array(z.unknown()).parse(Reflect.apply(dequeueFifo, this, [count, visibilityTimeout, ...rest]));
    // With a visibility timeout of 0, each receive of the loop below would return the same message again.
    if (visibilityTimeout === 0) return receive(z.number().parse(most));
    const queue = Queue.parse(this);
    // Makes timed-out messages visible before the groups are read.
    Reflect.apply(processTimers, this, []);
    restoreOrder(queue.fifoMessages);
    return receiveGroups(queue, Math.min(z.number().parse(most), MAX_RECEIVED), receive);
  };
};

/** Receives one message at a time. Groups that only this call has locked are unlocked in between. */
const receiveGroups = (
  { fifoLockedGroups: locked }: Queue,
  most: number,
  receive: (count: number) => unknown[],
): unknown[] => {
  const messages: unknown[] = [];
  const taken = new Map<string, number>();
  try {
    while (messages.length < most) {
      const lockedBefore = new Set(locked.keys());
      const [message] = receive(1);
      if (message === undefined) break;
      messages.push(message);
      for (const group of [...locked.keys()].filter((key) => !lockedBefore.has(key))) {
        taken.set(group, (taken.get(group) ?? 0) + 1);
        locked.delete(group);
      }
    }
  } finally {
    for (const [group, count] of taken) locked.set(group, count);
  }
  return messages;
};

const restoreOrder = (groups: Queue['fifoMessages']): void => {
  for (const messages of groups.values()) {
    messages.sort((a, b) => (a.sequenceNumber < b.sequenceNumber ? -1 : 1));
  }
};
