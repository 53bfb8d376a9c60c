import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage, request, ServerResponse } from 'node:http';
import * as z from 'zod';
import { LOOPBACK } from '../constants.ts';

const Received = z.object({ Messages: z.array(z.object({ ReceiptHandle: z.string() })).default([]) });
const Asked = z.object({ QueueUrl: z.string() });
const Exchange = z.object({ request: z.instanceof(IncomingMessage), response: z.instanceof(ServerResponse) });

/**
 * When a client closes its connection during a long poll, `fauxqs` continues the poll and delivers the next message to
 * the closed connection. That message is then invisible until its visibility timeout. SQS detects the closed
 * connection. This patch does the same: a message that was received for a closed connection becomes visible again at
 * once.
 */
export const returnUnreadMessages = (port: number): void => {
  subscribe('http.server.request.start', (message) => {
    const exchange = Exchange.safeParse(message);
    if (!exchange.success) return;
    const { request: asked, response } = exchange.data;
    if (asked.headers['x-amz-target'] !== 'AmazonSQS.ReceiveMessage') return;
    let question = '';
    // Intercepts `emit`: an additional `data` listener would start the stream before the server reads it.
    asked.emit = new Proxy(asked.emit, {
      apply: (target, self, args: unknown[]) => {
        const [event, chunk] = args;
        if (event === 'data' && chunk instanceof Buffer) question += chunk.toString('utf8');
        return Reflect.apply(target, self, args);
      },
    });
    const end = response.end;
    response.end = new Proxy(end, {
      apply: (target, self, args: unknown[]) => {
        const gone = response.destroyed || response.socket === null || response.socket.destroyed;
        const [body] = args;
        if (gone && typeof body === 'string') {
          const { QueueUrl } = Asked.parse(JSON.parse(question));
          for (const { ReceiptHandle } of Received.parse(JSON.parse(body)).Messages) {
            makeVisible(port, QueueUrl, ReceiptHandle);
          }
        }
        return Reflect.apply(target, self, args);
      },
    });
  });
};

const makeVisible = (port: number, queueUrl: string, receiptHandle: string): void => {
  const call = request({
    host: LOOPBACK,
    port,
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.ChangeMessageVisibility',
    },
  });
  call.on('error', () => {});
  call.on('response', (answer) => answer.resume());
  call.end(JSON.stringify({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }));
};
