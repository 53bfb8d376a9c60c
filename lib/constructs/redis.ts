import { ENV_REDIS_AUTH, ENV_REDIS_URL } from '../../functions/contracts/env.ts';
import type { Workload } from './workload.ts';

/** The Redis that transports `saga_events`. */
export interface RedisChannel {
  /** Lets a workload log in, and sets the address. */
  grantConnect(workload: Workload): void;
}

/** Stage local: a Redis that is not in the template and needs no password. */
export class ExternalRedis implements RedisChannel {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  grantConnect(workload: Workload): void {
    workload.addEnvironment(ENV_REDIS_URL, this.#url);
    workload.addEnvironment(ENV_REDIS_AUTH, 'none');
  }
}
