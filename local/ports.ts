import type { RequestListener } from 'node:http';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:net';
import { LOOPBACK } from './constants.ts';
import { DevStackError, hasErrorCode } from './errors.ts';

const IPV6_LOOPBACK = '::1';

/** Finds free ports, all different. */
export const freePorts = async (count: number): Promise<number[]> => {
  const held = await Promise.all(Array.from({ length: count }, holdPort));
  await Promise.all(held.map(({ release }) => release()));
  return held.map(({ port }) => port);
};

const holdPort = (): Promise<{ readonly port: number; readonly release: () => Promise<void> }> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, release: () => new Promise((released) => server.close(() => released())) });
    });
  });

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};

/** An HTTP server on both loopback addresses: `localhost` may resolve to either. */
export interface LoopbackServer {
  readonly port: number;
  /** Stops listening and closes the remaining connections. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 and, if the machine has IPv6, on ::1.
 * @param port 0 for any free port
 * @param moveHint the command that starts with another port; part of the error
 * @throws DevStackError PORT_TAKEN
 */
export const listenOnLoopback = async (
  handler: RequestListener,
  port: number,
  moveHint: string,
): Promise<LoopbackServer> => {
  // No time limit on a whole request: a large upload over a slow line is legitimate.
  const options = { requestTimeout: 0, keepAliveTimeout: 65_000 };
  const servers = [createHttpServer(options, handler)];
  const taken = () =>
    new DevStackError('PORT_TAKEN', `Port ${port} is taken by another program; choose another: ${moveHint}`);
  const closeAll = () =>
    Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  let bound: number;
  const [first] = servers;
  if (first === undefined) throw new Error('unreachable');
  try {
    bound = await listen(first, port, LOOPBACK);
  } catch (error) {
    throw hasErrorCode(error, 'EADDRINUSE', 'EACCES') ? taken() : error;
  }
  const second = createHttpServer(options, handler);
  try {
    await listen(second, bound, IPV6_LOOPBACK);
    servers.push(second);
  } catch (error) {
    // A random port may be free on one address only. A port that the user chose must be free on both.
    if (hasErrorCode(error, 'EADDRINUSE') && port !== 0) {
      await closeAll();
      throw taken();
    }
  }
  return {
    port: bound,
    close: async () => {
      await closeAll();
    },
  };
};
