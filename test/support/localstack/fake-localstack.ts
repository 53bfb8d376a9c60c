import { once } from 'node:events';
import { createServer } from 'node:http';

/** The behaviour of the fake; a test changes it between runs. */
export interface CloudBehaviour {
  stackExists: boolean;
  /** Message of the error that a function ends with, by its name. */
  functionErrors: Record<string, string>;
  secret: string | undefined;
  /** Number of failed answers of /health before it answers 200. */
  unhealthyAnswers: number;
}

export interface FakeLocalStack {
  readonly url: string;
  readonly behaviour: CloudBehaviour;
  close(): Promise<void>;
}

/** Answers the few calls of LocalStack that the command makes itself. @param note receives each call */
export const startFakeLocalStack = async (note: (call: string) => void): Promise<FakeLocalStack> => {
  const behaviour: CloudBehaviour = {
    ...{ stackExists: false, functionErrors: {}, secret: 'hunter2', unhealthyAnswers: 0 },
  };
  const answer = (path: string, target: string | undefined, body: string): [number, string, boolean?] => {
    const [, functionName] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
    if (functionName !== undefined) {
      note(`invoke ${functionName}`);
      const errorMessage = behaviour.functionErrors[functionName];
      return errorMessage === undefined ? [200, '{}'] : [200, JSON.stringify({ errorMessage }), true];
    }
    if (target === 'secretsmanager.GetSecretValue') {
      note(`secret ${String(Object(JSON.parse(body)).SecretId)}`);
      return behaviour.secret === undefined
        ? [400, '{}']
        : [200, JSON.stringify({ SecretString: behaviour.secret })];
    }
    if (body.includes('Action=DescribeStacks')) {
      note(`describe ${new URLSearchParams(body).get('StackName')}`);
      return behaviour.stackExists
        ? [200, '<StackStatus>CREATE_COMPLETE</StackStatus>']
        : [400, '<Message>Stack with id … does not exist</Message>'];
    }
    if (path.endsWith('/health')) {
      note(`GET ${path}`);
      behaviour.unhealthyAnswers -= 1;
      return behaviour.unhealthyAnswers >= 0 ? [502, '{}'] : [200, '{"status":"ok"}'];
    }
    return [404, ''];
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const target = request.headers['x-amz-target'];
    const [status, text, isError] = answer(
      request.url ?? '',
      Array.isArray(target) ? target[0] : target,
      body,
    );
    response.writeHead(status, isError ? { 'X-Amz-Function-Error': 'Unhandled' } : {}).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    behaviour,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
