/**
 * `fauxqs` 2.4.1 hands out one message per group and receive. SQS hands out up to ten messages: as many of one group as
 * there are, in order, then those of the next group; and none of a group that has messages in flight. This makes
 * `fauxqs` do the same. It also keeps a group in order when several of its messages come back at once, which never
 * happens where only one message per group is in flight.
 */
import * as z from 'zod';

/** SQS hands out no more messages per receive. */
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
/** Looks at no single message: this is asked many times a second. */
const Queue = z.object({
  /** Visible messages by group. */
  fifoMessages: z.custom<Map<string, Waiting[]>>(isMap),
  /** How many messages of a group are in flight. */
  fifoLockedGroups: z.custom<Map<string, number>>(isMap),
  inflightMessages: z.custom<Map<string, unknown>>(isMap),
});
type Queue = z.infer<typeof Queue>;

/** @throws Error when the installed version is built otherwise: then look whether it still needs this */
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
    // A message that never becomes invisible would be received again at once.
    if (visibilityTimeout === 0) return receive(z.number().parse(most));
    const queue = Queue.parse(this);
    // What has timed out comes back before the groups are looked at.
    Reflect.apply(processTimers, this, []);
    restoreOrder(queue.fifoMessages);
    return receiveGroups(queue, Math.min(z.number().parse(most), MAX_RECEIVED), receive);
  };
};

/** Receives one message at a time, with the groups kept open that this receive alone has locked. */
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
