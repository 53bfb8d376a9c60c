import { once } from 'node:events';
import { createServer } from 'node:http';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SQS_CALLS } from '../../../functions/shared/aws/call-limits.ts';
import { createSqsClient } from '../../../functions/shared/aws/sqs-client.ts';

const listen = async (): Promise<{ url: string; requests: string[]; close(): void }> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}`, requests, close: () => server.close() };
};

describe('The client for queues', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['AWS_ENDPOINT_URL', 'calls that address, without a warning', 'endpoint'],
    ['AWS_ENDPOINT_URL_SQS', 'calls the host of the queue’s URL, as the SDK does', 'queue'],
  ])('with %s %s', async (variable, _what, called) => {
    const [endpoint, queue] = [await listen(), await listen()];
    vi.stubEnv(variable, endpoint.url);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const sqs = createSqsClient(SQS_CALLS);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: `${queue.url}/000000000000/inbox` }));
    expect([endpoint.requests.length, queue.requests.length]).toEqual(
      called === 'endpoint' ? [1, 0] : [0, 1],
    );
    if (called === 'endpoint') expect(warn).not.toHaveBeenCalled();
    sqs.destroy();
    endpoint.close();
    queue.close();
  });
});
