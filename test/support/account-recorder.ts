import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint that answers the caller's identity, refuses every other call, and records all calls. */
export interface AccountRecorder {
  readonly url: string;
  /** Names of the calls in order, with the name of the stack if the call has one: `DescribeStacks CDKToolkit`. */
  readonly calls: string[];
  close(): Promise<void>;
}

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;
const REFUSED = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>refused by the test</Message>
</Error></ErrorResponse>`;

/** Starts a stand-in for AWS, for commands that must not reach an account. */
export const recordAccount = async (): Promise<AccountRecorder> => {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const fields = new URLSearchParams(body);
    const action = fields.get('Action') ?? String(request.headers['x-amz-target'] ?? request.url);
    const stack = fields.get('StackName');
    calls.push(stack === null ? action : `${action} ${stack}`);
    const known = action === 'GetCallerIdentity';
    response.writeHead(known ? 200 : 403, { 'content-type': 'text/xml' }).end(known ? IDENTITY : REFUSED);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const isAddress = (value: typeof address): value is AddressInfo => typeof value === 'object';
  return {
    url: `http://127.0.0.1:${isAddress(address) ? address.port : 0}`,
    calls,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
