import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT_ID, REGION } from '../constants.ts';
import { messageOf } from '../errors.ts';
import type { InvokeFunction } from '../lambda/invoke.ts';
import type { Log } from '../log.ts';
import type { QueueModel, RuleModel, TargetModel } from '../template/model.ts';
import { matchesPattern } from './pattern.ts';

/** An event in the form in which EventBridge delivers it. */
export type BusEvent = Readonly<Record<string, unknown>>;

export const eventEnvelope = (
  source: string,
  detailType: string,
  detail: Readonly<Record<string, unknown>>,
  resources: readonly string[] = [],
): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': detailType,
  source,
  account: ACCOUNT_ID,
  time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  region: REGION,
  resources,
  detail,
});

/** Delivers an event to a target. Without `retry` there is only one attempt. Never rejects. */
export type Deliver = (
  target: TargetModel,
  event: BusEvent,
  options: { readonly retry: boolean },
) => Promise<void>;

const FIRST_RETRY_MILLISECONDS = 100;
const MAX_RETRY_MILLISECONDS = 5_000;
/**
 * Maximum attempts per event, about two minutes. EventBridge retries for a day; a local queue recovers within seconds
 * or not at all.
 */
const MAX_ATTEMPTS = 30;

export interface EventBus {
  readonly deliver: Deliver;
  /**
   * Delivers the event to the targets of every matching rule. Resolves when each target has accepted it or was given
   * up.
   */
  publish(event: BusEvent): Promise<void>;
  /** Ends all retries. */
  stop(): Promise<void>;
}

export interface EventBusServices {
  readonly rules: readonly RuleModel[];
  readonly queues: readonly QueueModel[];
  readonly sqs: SQSClient;
  readonly invoke: InvokeFunction;
  readonly log: Log;
}

/** EventBridge's default bus, with the template's rules and targets. */
export const createEventBus = ({ rules, queues, sqs, invoke, log }: EventBusServices): EventBus => {
  const stopping = new AbortController();
  const outstanding = new Set<Promise<void>>();

  const attempt = async (target: TargetModel, event: BusEvent): Promise<void> => {
    const input = target.input ?? JSON.stringify(event);
    const queue = queues.find(({ arn }) => arn === target.arn);
    if (queue === undefined) {
      const result = await invoke(target.arn, input);
      if (result.kind === 'throttled') throw new Error('throttled');
      if (result.kind === 'error') throw new Error(result.error.errorMessage);
      return;
    }
    const message = {
      QueueUrl: queue.url,
      MessageBody: input,
      ...(target.messageGroupId === undefined ? {} : { MessageGroupId: target.messageGroupId }),
    };
    await sqs.send(new SendMessageCommand(message), { abortSignal: stopping.signal });
  };

  const deliver: Deliver = async (target, event, { retry }) => {
    for (let tries = 1; !stopping.signal.aborted; tries += 1) {
      try {
        await attempt(target, event);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (!retry || tries === MAX_ATTEMPTS) {
          if (retry)
            log.warn(
              `Delivery of an event to ${target.arn} failed after ${tries} attempts: ${messageOf(error)}`,
            );
          return;
        }
        const delay = Math.min(FIRST_RETRY_MILLISECONDS * 2 ** (tries - 1), MAX_RETRY_MILLISECONDS);
        await sleep(delay, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };

  return {
    deliver,
    publish: async (event) => {
      const targets = rules
        .filter(({ pattern }) => pattern !== undefined && matchesPattern(pattern, event))
        .flatMap((rule) => rule.targets);
      const delivered = Promise.all(targets.map((target) => deliver(target, event, { retry: true })));
      const tracked = delivered.then(() => {});
      outstanding.add(tracked);
      await tracked;
      outstanding.delete(tracked);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(outstanding);
    },
  };
};
