import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LOOPBACK } from '../constants.ts';

/** Receives the requests of one sandbox's runtime. */
export interface RuntimeListener {
  /** The runtime is ready for an invocation. The response stays open until the next invocation. */
  next(response: ServerResponse): void;
  succeeded(requestId: string, payload: string): void;
  failed(requestId: string, body: string): void;
  initFailed(body: string): void;
}

/** One HTTP server that offers the Lambda Runtime API to all sandboxes. Each sandbox has its own path. */
export interface RuntimeApi {
  /** Returns the sandbox's AWS_LAMBDA_RUNTIME_API: `host:port/sandboxId`. */
  register(sandboxId: string, listener: RuntimeListener): string;
  unregister(sandboxId: string): void;
  close(): Promise<void>;
}

const ROUTE =
  /^\/([^/]+)\/2018-06-01\/runtime\/(?:(init)\/error|invocation\/(?:(next)|([^/]+)\/(response|error)))$/;

export const startRuntimeApi = async (): Promise<RuntimeApi> => {
  const listeners = new Map<string, RuntimeListener>();
  // No time limit on a request: a runtime waits for its next invocation.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (incoming, response) => {
    serve(listeners, incoming, response).catch(() => response.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
  return {
    register: (sandboxId, listener) => {
      listeners.set(sandboxId, listener);
      return `${LOOPBACK}:${port}/${sandboxId}`;
    },
    unregister: (sandboxId) => {
      listeners.delete(sandboxId);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const serve = async (
  listeners: ReadonlyMap<string, RuntimeListener>,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [, sandboxId = '', init, next, requestId = '', outcome] = ROUTE.exec(incoming.url ?? '') ?? [];
  const listener = listeners.get(sandboxId);
  if (listener === undefined) {
    response.writeHead(403).end();
    return;
  }
  if (next !== undefined) {
    listener.next(response);
    return;
  }
  const body = await readBody(incoming);
  response.writeHead(202).end();
  if (init !== undefined) listener.initFailed(body);
  else if (outcome === 'response') listener.succeeded(requestId, body);
  else listener.failed(requestId, body);
};

const readBody = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};
