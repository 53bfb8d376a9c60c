import * as z from 'zod';
import { logger } from '../../shared/logging/logger.ts';

/** Keeps the platform from ending this worker while it has a message in work. */
export interface WorkProtection {
  /** A message was taken in work. Returns at once: work does not wait for protection. */
  begin(): void;
  /** The message is done with. */
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
  /** How long the agent may take for an answer. @default 2000 */
  timeoutMilliseconds?: number;
  /** After which a protection is renewed. @default 300000, a third of what it lasts */
  renewMilliseconds?: number;
  /** After which a request that failed is made again. @default 30000 */
  retryMilliseconds?: number;
  /** A worker that is never idle goes without protection once in so long. @default 1800000 */
  stretchMilliseconds?: number;
  /** For how long it then goes without. @default 60000 */
  breakMilliseconds?: number;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  now?: () => number;
}

/** A protection that is not renewed ends by itself, in case its task lives on without working. */
const EXPIRES_IN_MINUTES = 15;

const DEFAULTS = {
  timeoutMilliseconds: 2_000,
  renewMilliseconds: 5 * 60_000,
  retryMilliseconds: 30_000,
  stretchMilliseconds: 30 * 60_000,
  breakMilliseconds: 60_000,
  now: () => performance.now(),
};

/** The agent's answer where it did as asked. Otherwise it has `failure` or `error`, also with status 200. */
const Protected = z.object({ protection: z.object({ ProtectionEnabled: z.boolean() }) });

/**
 * Scale-in protection of an ECS task, through the container agent's endpoint ("Amazon ECS task scale-in protection
 * endpoint", ECS Developer Guide). Requests are made one at a time behind the work's back; one that fails is logged and made
 * again. Scaling in and deployments end no protected task.
 *
 * A deployment waits for protected tasks, and a worker with a long queue is never idle. So once in half an hour a message is
 * protected only after a minute in work: in that minute the task can be replaced, and loses no more than the minute.
 */
export class EcsTaskProtection implements WorkProtection {
  readonly #options: Required<EcsTaskProtectionOptions>;
  readonly #url: string;
  #wanted = false;
  /** What the agent said last; undefined after a request that failed. */
  #known: boolean | undefined = false;
  #underWay = false;
  #timer: NodeJS.Timeout | undefined;
  /** When protection may begin. */
  #protectFrom: number;
  /** Since when the task has not been without protection for as long as a break. */
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

  /** Asks the agent for what is wanted, now or when it is time, and again when a request fails or a protection ages. */
  #settle(): void {
    clearTimeout(this.#timer);
    // It looks again when the request under way has ended.
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

  /** @returns whether the agent did it. */
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
