import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpHandlerOptions, HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallLimits } from './call-limits.ts';

/** Concurrent connections of one client: the SDK's default. */
const MAX_CONNECTIONS = 50;

/** The configuration for an SDK client. Each client gets its own handler and so its own connections. */
export const clientConfig = (
  limits: CallLimits,
): { requestHandler: NodeHttpHandler; maxAttempts: number } => ({
  requestHandler: new ReconnectingHandler(limits),
  maxAttempts: limits.attempts,
});

/**
 * Ends requests that take too long and closes all idle connections after a failed request. The cause of the failure (a
 * sandbox that was frozen for minutes, a network that dropped connections) usually breaks all connections, and
 * otherwise each retry would fail on another broken one.
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
      // Without this option, a slow request is only logged.
      throwOnRequestTimeout: true,
      socketTimeout: limits.silenceMilliseconds,
    });
    this.#agents = agents;
  }

  override handle(request: HttpRequest, options?: HttpHandlerOptions): Promise<{ response: HttpResponse }> {
    return super.handle(request, options).catch((error: unknown) => {
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
