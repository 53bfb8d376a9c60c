import * as z from 'zod';
import { logger } from '../../shared/logging/logger.ts';

/** Keeps the platform from ending this worker while it works on a message. */
export interface WorkProtection {
  /** The work on a message begins. Returns at once: the work does not wait for protection. */
  begin(): void;
  /** The work on the message has ended. */
  end(): void;
}

/** For a worker that no platform scales in. */
export const NO_PROTECTION: WorkProtection = { begin: () => undefined, end: () => undefined };

/** Protection by the agent of ECS at this URI; none where there is no agent. */
export const protectionBy = (agentUri: string | undefined): WorkProtection =>
  agentUri === undefined ? NO_PROTECTION : new EcsTaskProtection({ agentUri });

export interface EcsTaskProtectionOptions {
  /** `ECS_AGENT_URI`, as the agent sets it in every container of a task. */
  agentUri: string;
  /** Maximum time for the agent's answer. @default 2000 */
  timeoutMilliseconds?: number;
  /** Time after which a protection is renewed. @default 300000, a third of its duration */
  renewMilliseconds?: number;
  /** Time after which a failed request is repeated. @default 30000 */
  retryMilliseconds?: number;
  /** A worker that is never idle pauses its protection once in this time. @default 1800000 */
  stretchMilliseconds?: number;
  /** Duration of that pause. @default 60000 */
  breakMilliseconds?: number;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  now?: () => number;
}

/** A protection that is not renewed ends by itself, in case its task goes on without work. */
const EXPIRES_IN_MINUTES = 15;

const DEFAULTS = {
  timeoutMilliseconds: 2_000,
  renewMilliseconds: 5 * 60_000,
  retryMilliseconds: 30_000,
  stretchMilliseconds: 30 * 60_000,
  breakMilliseconds: 60_000,
  now: () => performance.now(),
};

/**
 * The agent's answer to a request that it carried out. Other answers have `failure` or `error`, also with status 200.
 */
const Protected = z.object({ protection: z.object({ ProtectionEnabled: z.boolean() }) });

/**
 * Scale-in protection of an ECS task, through the container agent's endpoint ("Amazon ECS task scale-in protection
 * endpoint", ECS Developer Guide). Requests are made one at a time, and the work does not wait for them; a failed
 * request is logged and repeated. Scaling in and deployments end no protected task.
 *
 * A deployment waits for protected tasks, and a worker with a long queue is never idle. So once in half an hour the
 * protection of a message begins a minute late: in that minute the task can be replaced, and only a minute of work is
 * lost.
 */
export class EcsTaskProtection implements WorkProtection {
  readonly #options: Required<EcsTaskProtectionOptions>;
  readonly #url: string;
  #wanted = false;
  /** The agent's last answer; undefined after a failed request. */
  #known: boolean | undefined = false;
  #underWay = false;
  #timer: NodeJS.Timeout | undefined;
  /** Earliest time for protection to begin. */
  #protectFrom: number;
  /** Start of the time without a pause in the protection. */
  #stretchFrom: number;
  #endedAt: number;

  constructor(options: EcsTaskProtectionOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#url = `${options.agentUri}/task-protection/v1/state`;
    this.#protectFrom = this.#stretchFrom = this.#endedAt = this.#options.now();
  }

  begin(): void {
    const { now, stretchMilliseconds, breakMilliseconds } = this.#options;
    const time = now();
    if (time - this.#endedAt >= breakMilliseconds) this.#stretchFrom = time;
    if (time - this.#stretchFrom >= stretchMilliseconds) {
      this.#protectFrom = time + breakMilliseconds;
      this.#stretchFrom = this.#protectFrom;
    }
    this.#wanted = true;
    this.#settle();
  }

  end(): void {
    this.#wanted = false;
    this.#endedAt = this.#options.now();
    this.#settle();
  }

  /** Requests the wanted state, now or at the earliest time; and again after a failure, or to renew a protection. */
  #settle(): void {
    clearTimeout(this.#timer);
    // The request under way calls `#settle` at its end.
    if (this.#underWay) return;
    if (!this.#wanted && this.#known === false) return;
    const early = this.#wanted ? this.#protectFrom - this.#options.now() : 0;
    if (early > 0) this.#settleIn(early);
    else void this.#request(this.#wanted);
  }

  #settleIn(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#settle(), milliseconds);
    this.#timer.unref();
  }

  async #request(wanted: boolean): Promise<void> {
    const { renewMilliseconds, retryMilliseconds } = this.#options;
    this.#underWay = true;
    const done = await this.#put(wanted);
    this.#underWay = false;
    this.#known = done ? wanted : undefined;
    if (this.#wanted !== wanted) this.#settle();
    else if (!done) this.#settleIn(retryMilliseconds);
    else if (wanted) this.#settleIn(renewMilliseconds);
  }

  /** @returns whether the agent carried the request out. */
  async #put(enabled: boolean): Promise<boolean> {
    try {
      const response = await fetch(this.#url, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ProtectionEnabled: enabled,
          ...(enabled && { ExpiresInMinutes: EXPIRES_IN_MINUTES }),
        }),
        signal: AbortSignal.timeout(this.#options.timeoutMilliseconds),
      });
      const answer: unknown = await response.json();
      const { success, data } = Protected.safeParse(answer);
      if (success && data.protection.ProtectionEnabled === enabled) return true;
      logger.warn('The ECS agent refused task protection', { enabled, status: response.status, answer });
    } catch (error) {
      logger.warn('The ECS agent does not answer', { enabled, error });
    }
    return false;
  }
}
