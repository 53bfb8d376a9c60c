import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallLimits } from './call-limits.ts';

/** Connections of one client at a time, as by the SDK's default. */
const MAX_CONNECTIONS = 50;

/** What a client of the SDK is to be created with. Each client gets a handler, hence connections, of its own. */
export const clientConfig = (
  limits: CallLimits,
): { requestHandler: NodeHttpHandler; maxAttempts: number } => ({
  requestHandler: new ReconnectingHandler(limits),
  maxAttempts: limits.attempts,
});

/**
 * Ends requests that take too long. After a request that failed, the idle connections are closed: what broke one of them
 * (a sandbox that was frozen for minutes, a network that dropped them) usually broke all, and each retry would have to find
 * that out anew.
 */
class ReconnectingHandler extends NodeHttpHandler {
  readonly #agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };

  constructor(limits: CallLimits) {
    const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
    const agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
    super({
      ...agents,
      connectionTimeout: limits.connectMilliseconds,
      requestTimeout: limits.answerMilliseconds,
      // Without it, a request that takes too long is only logged.
      throwOnRequestTimeout: true,
      socketTimeout: limits.silenceMilliseconds,
    });
    this.#agents = agents;
  }

  override handle(...call: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    return super.handle(...call).catch((error: unknown) => {
      this.#closeIdle();
      throw error;
    });
  }

  #closeIdle(): void {
    for (const { freeSockets } of [this.#agents.httpAgent, this.#agents.httpsAgent]) {
      for (const sockets of Object.values(freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    }
  }
}
