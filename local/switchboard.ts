import type { RequestListener } from 'node:http';
import type { Problem } from '../functions/contracts/problem.ts';
import { PROBLEMS, problemType } from '../functions/contracts/problems.ts';
import { listenOnLoopback } from './ports.ts';

/**
 * The two public ports: the API's (the door) and S3's (the storage). The stack takes both ports first, because the
 * synthesized template contains their URLs and a taken port must fail early. The listeners are connected later, when
 * the template has been read and the functions run; until then both ports answer 503. The door closes before the
 * storage, so that running work can still read and write objects.
 */
export interface Switchboard {
  /** `http://localhost:port` of the API. */
  readonly url: string;
  /** `http://localhost:port` of S3. */
  readonly storageUrl: string;
  /** The API's own origins, for pages that a browser on this machine loads. */
  readonly origins: readonly string[];
  connectDoor(listener: RequestListener): void;
  connectStorage(listener: RequestListener): void;
  /** Closes only the API's port. */
  closeDoor(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Takes both ports. They answer 503 until a listener is connected.
 * @throws DevStackError PORT_TAKEN
 */
export const openSwitchboard = async (port: number, storagePort: number): Promise<Switchboard> => {
  let door = starting;
  let storage = starting;
  const doorServer = await listenOnLoopback(
    (incoming, response) => door(incoming, response),
    port,
    `PORT=${port + 1000} npm start`,
  );
  const storageServer = await listenOnLoopback(
    (incoming, response) => storage(incoming, response),
    storagePort,
    `STORAGE_PORT=${storagePort + 1000} npm start`,
  ).catch(async (error: unknown) => {
    await doorServer.close();
    throw error;
  });
  let doorClosed: Promise<void> | undefined;
  const closeDoor = () => {
    doorClosed ??= doorServer.close();
    return doorClosed;
  };
  return {
    url: `http://localhost:${doorServer.port}`,
    storageUrl: `http://localhost:${storageServer.port}`,
    origins: [`http://localhost:${doorServer.port}`, `http://127.0.0.1:${doorServer.port}`],
    connectDoor: (listener) => {
      door = listener;
    },
    connectStorage: (listener) => {
      storage = listener;
    },
    closeDoor,
    close: async () => {
      await Promise.all([closeDoor(), storageServer.close()]);
    },
  };
};

/** As the API answers an outage: with a problem, and soon to be tried again. */
const starting: RequestListener = (incoming, response) => {
  incoming.resume();
  const { status, title } = PROBLEMS.UNAVAILABLE;
  const problem: Problem = {
    type: problemType('UNAVAILABLE'),
    title,
    status,
    code: 'UNAVAILABLE',
    detail: 'Frame Flow is starting.',
  };
  response.writeHead(status, { 'Content-Type': 'application/problem+json', 'Retry-After': '1' });
  response.end(JSON.stringify(problem));
};
