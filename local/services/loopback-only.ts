import { Server } from 'node:net';
import { LOOPBACK } from '../constants.ts';

/**
 * Makes every later `listen` in this process bind to 127.0.0.1, whatever host a library passes. `fauxqs` always passes
 * 0.0.0.0, but it must not be reachable from the network.
 */
export const bindToLoopback = (): void => {
  const listen = Server.prototype.listen;
  Server.prototype.listen = new Proxy(listen, {
    apply: (target, self, args: unknown[]) => {
      const [options, ...rest] = args;
      const bound =
        typeof options === 'object' && options !== null ? { ...options, host: LOOPBACK } : options;
      return Reflect.apply(target, self, [bound, ...rest]);
    },
  });
};
