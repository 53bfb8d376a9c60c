import { ENV_REDIS_AUTH, ENV_REDIS_URL } from '../../functions/contracts/env.ts';
import type { Workload } from './workload.ts';

/** The Redis that carries `saga_events`. */
export interface RedisChannel {
  /** Lets a workload log in, and tells it where. */
  grantConnect(workload: Workload): void;
}

/** Stage local: a Redis that runs beside the template and asks for no password. */
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
