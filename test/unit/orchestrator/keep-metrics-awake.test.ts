import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InboxSender } from '../../../functions/orchestrator/relay/inbox-sender.ts';
import { keepMetricsAwake } from '../../../functions/orchestrator/relay/keep-metrics-awake.ts';
import { clientConfig } from '../../../functions/shared/aws/request-handler.ts';
import * as metrics from '../../../functions/shared/metrics/metrics.ts';
import { someEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';

let stopping = new AbortController();
afterEach(() => {
  stopping.abort();
  stopping = new AbortController();
  vi.restoreAllMocks();
});

type Answer = { readonly status: number; readonly type?: string } | 'silence';

/** Where every answer comes, the client waits as long as a busy machine may need for it. */
const patienceFor = (answer: Answer): number => (answer === 'silence' ? 50 : 10_000);

/** SQS with a given answer for each call: a status with the name of an error, or silence. */
const startSqs = async (answer: (call: string) => Answer, answerMilliseconds: number) => {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const call = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    calls.push(call);
    const said = answer(call);
    if (said === 'silence') return;
    response.writeHead(said.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify(said.type ? { __type: `com.amazonaws.sqs#${said.type}`, message: 'no' } : {}),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopping.signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const isAddress = (value: typeof address): value is AddressInfo => typeof value === 'object';
  const endpoint = `http://127.0.0.1:${isAddress(address) ? address.port : 0}`;
  const sqs = new SQSClient({
    ...clientConfig({
      connectMilliseconds: 10_000,
      answerMilliseconds,
      silenceMilliseconds: answerMilliseconds,
      attempts: 1,
    }),
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return { calls, sqs, queueUrl: `${endpoint}/000000000000/worker.fifo` };
};

const counted = () => {
  const reasons: (string | undefined)[] = [];
  vi.spyOn(metrics, 'recordMetrics').mockImplementation((values, { reason }) => {
    if (values.QueueCallsFailed === 1) reasons.push(reason);
  });
  return reasons;
};

describe('the metrics of the worker’s queue', () => {
  it('are kept awake by requests for an attribute, at once and periodically, until the relay stops', async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(GetQueueAttributesCommand).resolves({});
    const client = new SQSClient({});
    keepMetricsAwake({
      sqs: client,
      queueUrl: 'http://queue',
      stopping: stopping.signal,
      everyMilliseconds: 2,
    });
    const calls = () => sqs.commandCalls(GetQueueAttributesCommand, { QueueUrl: 'http://queue' }).length;
    expect(calls()).toBe(1);
    await eventually('two more calls', () => calls() > 2 || undefined);
    stopping.abort();
    const before = calls();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls()).toBe(before);
    sqs.restore();
  });

  it.each([
    ['refuses the call', { status: 403, type: 'AccessDenied' }, 'refused'],
    ['fails', { status: 500, type: 'InternalFailure' }, 'failed'],
    ['does not answer', 'silence', 'unreached'],
  ] as const)('are requested again, and the failure is counted, when SQS %s', async (_, answer, reason) => {
    const reasons = counted();
    const { sqs, queueUrl, calls } = await startSqs(() => answer, patienceFor(answer));
    keepMetricsAwake({ sqs, queueUrl, stopping: stopping.signal, everyMilliseconds: 5 });
    await eventually('two failures', () => (reasons.length > 1 && calls.length > 1) || undefined);
    expect(new Set(reasons)).toEqual(new Set([reason]));
    expect(new Set(calls)).toEqual(new Set(['GetQueueAttributes']));
  });

  it('delay no event while SQS does not answer their request', async () => {
    const { sqs, queueUrl } = await startSqs(
      (call) => (call === 'GetQueueAttributes' ? 'silence' : { status: 200 }),
      10_000,
    );
    keepMetricsAwake({ sqs, queueUrl, stopping: stopping.signal, everyMilliseconds: 1 });
    const sender = new InboxSender(sqs, queueUrl);
    const events = Array.from({ length: 50 }, () => someEvent('FILE_DELETED', {}));
    await Promise.all(events.map((event) => sender.send(event, JSON.stringify(event))));
  });
});

describe('the error about an event that SQS does not accept', () => {
  it.each([
    [
      'the refusal with its name',
      { status: 403, type: 'AccessDenied' },
      'SQS refused the call: AccessDenied (403)',
      'refused',
    ],
    [
      'the failure with its name',
      { status: 503, type: 'ServiceUnavailable' },
      'SQS failed: ServiceUnavailable (503)',
      'failed',
    ],
    ['that SQS was not reached', 'silence', 'SQS was not reached', 'unreached'],
  ] as const)('reports %s', async (_, answer, message, reason) => {
    const reasons = counted();
    const { sqs, queueUrl } = await startSqs(() => answer, patienceFor(answer));
    const sent = new InboxSender(sqs, queueUrl).send(someEvent('FILE_DELETED', {}), '{}');
    await expect(sent).rejects.toMatchObject({ name: 'SendFailedError', message });
    expect(reasons).toEqual([reason]);
  });
});
