import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy to a server that can simulate network failures. */
export interface TcpProxy {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: number;
  /** From now on the existing connections transfer nothing, without a signal to either end; new connections work. */
  silence(): void;
  /**
   * The server is away from now on: stopped (existing and new connections break) or frozen (existing and new
   * connections transfer nothing until it is back, and then everything).
   */
  takeAway(how: 'stopped' | 'frozen'): void;
  bringBack(): void;
  /**
   * The next request with this text reaches the server, but the connection breaks instead of delivering the answer.
   * @returns a promise of that moment.
   */
  loseAnswerTo(text: string): Promise<void>;
  /**
   * The next request with this text never reaches the server, because the connection breaks. @returns a promise of that
   * moment.
   */
  loseRequest(text: string): Promise<void>;
  /**
   * The next request with this text reaches the server, and from then on its connection transfers nothing, without a
   * signal to either end. @returns a promise of that moment.
   */
  silenceAfter(text: string): Promise<void>;
  close(): Promise<void>;
}

interface Line {
  client: Socket;
  upstream: Socket;
  silent: boolean;
  losing: boolean;
}

/** The loss that a trap causes: of the request, of its answer, or of the connection, which falls silent. */
type Trapped = 'request' | 'answer' | 'connection';

export const startTcpProxy = async (target: { host: string; port: number }): Promise<TcpProxy> => {
  const lines = new Set<Line>();
  let connections = 0;
  let state: 'there' | 'stopped' | 'frozen' = 'there';
  let trap: { text: string; what: Trapped; sprung: () => void } | undefined;

  const spring = (end: () => void): void => {
    const { sprung } = trap ?? {};
    trap = undefined;
    end();
    sprung?.();
  };
  const set = (text: string, what: Trapped): Promise<void> =>
    new Promise((resolve) => {
      trap = { text, what, sprung: resolve };
    });

  const server = createServer((client) => {
    connections += 1;
    if (state === 'stopped') {
      client.destroy();
      return;
    }
    const upstream = connect(target);
    const line: Line = { client, upstream, silent: false, losing: false };
    lines.add(line);
    const end = () => {
      if (line.silent) return;
      lines.delete(line);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (chunk) => {
      if (line.silent) return;
      if (trap?.what === 'connection' && chunk.includes(trap.text)) {
        upstream.write(chunk);
        return spring(() => {
          line.silent = true;
        });
      }
      if (trap && chunk.includes(trap.text)) {
        line.losing = true;
        if (trap.what === 'request') return spring(end);
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (line.silent) return;
      if (!line.losing) {
        client.write(chunk);
        return;
      }
      spring(end);
    });
    if (state === 'frozen') for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    silence: () => {
      for (const line of lines) line.silent = true;
    },
    takeAway: (how) => {
      state = how;
      for (const socket of socketsOf(lines)) {
        if (how === 'stopped') socket.destroy();
        else socket.pause();
      }
    },
    bringBack: () => {
      state = 'there';
      for (const socket of socketsOf(lines)) socket.resume();
    },
    loseAnswerTo: (text) => set(text, 'answer'),
    loseRequest: (text) => set(text, 'request'),
    silenceAfter: (text) => set(text, 'connection'),
    close: async () => {
      for (const { client, upstream } of lines) {
        client.destroy();
        upstream.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const socketsOf = (lines: Iterable<Line>): Socket[] =>
  [...lines].flatMap(({ client, upstream }) => [client, upstream]);
