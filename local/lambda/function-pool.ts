import type { FunctionModel } from '../template/model.ts';
import type { FunctionLog } from './function-log.ts';
import { failure, type InvocationResult } from './result.ts';
import { Sandbox, type SandboxServices } from './sandbox.ts';

/** Maximum number of concurrent sandboxes per function, unless the template reserves another number. */
const DEFAULT_CONCURRENCY = 10;
/** Maximum number of waiting invocations. More of them mean a runaway caller. */
const MAX_WAITING = 1_000;
/** A sandbox ends after this idle time, in milliseconds. The last sandbox stays. */
const IDLE_LIMIT_MILLISECONDS = 5 * 60_000;
/** Functions replace connections that were unused for this long, in milliseconds (functions/shared). */
const LONG_FREEZE_MILLISECONDS = 60_000;

interface Waiting {
  readonly payload: string;
  readonly settle: (result: InvocationResult) => void;
}

/** A function and its sandboxes: as many as its load needs and its concurrency allows. */
export class FunctionPool {
  readonly model: FunctionModel;
  readonly #services: SandboxServices;
  readonly #log: FunctionLog;
  readonly #sandboxes = new Set<Sandbox>();
  readonly #idle: Sandbox[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #idleTimers = new Map<Sandbox, NodeJS.Timeout>();
  #starting = 0;
  #longThaws = 0;
  #stopped = false;

  constructor(model: FunctionModel, services: SandboxServices, log: FunctionLog) {
    this.model = model;
    this.#services = services;
    this.#log = log;
  }

  /** Maximum number of concurrent invocations. */
  get concurrency(): number {
    return this.model.reservedConcurrency ?? DEFAULT_CONCURRENCY;
  }

  /** Process ids of the sandboxes. */
  get pids(): number[] {
    return [...this.#sandboxes].flatMap(({ pid }) => pid ?? []);
  }

  /** Process ids of the sandboxes that run an invocation. */
  get busyPids(): number[] {
    return [...this.#sandboxes].filter(({ busy }) => busy).flatMap(({ pid }) => pid ?? []);
  }

  /** Number of invocations in a sandbox that had been frozen for more than a minute. */
  get longThaws(): number {
    return this.#longThaws;
  }

  /**
   * Runs the function once, as soon as a sandbox is free. Never rejects.
   * @param payload the event, JSON
   */
  invoke(payload: string): Promise<InvocationResult> {
    if (this.#stopped) return Promise.resolve(failure('ServiceException', 'The dev stack is stopping'));
    if (this.concurrency === 0 || this.#waiting.length >= MAX_WAITING)
      return Promise.resolve({ kind: 'throttled' });
    return new Promise((settle) => {
      this.#waiting.push({ payload, settle });
      this.#dispatch();
    });
  }

  /** Starts a sandbox before the first invocation, which is then faster. */
  async prewarm(): Promise<void> {
    if (this.#sandboxes.size > 0 || this.#stopped || this.concurrency === 0) return;
    await this.#start().ready;
  }

  /** Kills every sandbox, as a failing machine does. The next invocation starts a new one. */
  killSandboxes(): void {
    for (const sandbox of this.#sandboxes) sandbox.kill();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { settle } of this.#waiting.splice(0)) {
      settle(failure('ServiceException', 'The dev stack is stopping'));
    }
    const sandboxes = [...this.#sandboxes];
    for (const sandbox of sandboxes) sandbox.kill();
    await Promise.all(sandboxes.map(({ exited }) => exited));
    await this.#log.close();
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const sandbox = this.#takeIdle();
      if (sandbox === undefined) break;
      const next = this.#waiting.shift();
      if (next !== undefined) void this.#run(sandbox, next);
    }
    while (this.#starting < this.#waiting.length && this.#sandboxes.size < this.concurrency) this.#start();
  }

  async #run(sandbox: Sandbox, { payload, settle }: Waiting): Promise<void> {
    if (sandbox.frozenMilliseconds > LONG_FREEZE_MILLISECONDS) this.#longThaws += 1;
    const result = await sandbox.invoke(payload);
    this.#report(result);
    settle(result);
    // A sandbox requests its next invocation shortly after its answer.
    if (!sandbox.dead) await sandbox.nextAsked();
    this.#release(sandbox);
  }

  #report(result: InvocationResult): void {
    // Not logged: invocations that a stop interrupts, and an authorizer's normal refusal of a token.
    if (this.#stopped || result.kind !== 'error' || result.error.errorMessage === 'Unauthorized') return;
    this.#log.report(result.error);
  }

  #takeIdle(): Sandbox | undefined {
    for (;;) {
      // The most recently used sandbox first: its caches are warm.
      const sandbox = this.#idle.pop();
      if (sandbox === undefined) return undefined;
      clearTimeout(this.#idleTimers.get(sandbox));
      this.#idleTimers.delete(sandbox);
      if (!sandbox.dead) return sandbox;
    }
  }

  #release(sandbox: Sandbox): void {
    if (!sandbox.dead && !this.#stopped) {
      this.#idle.push(sandbox);
      const timer = setTimeout(() => {
        if (this.#sandboxes.size > 1) sandbox.kill();
      }, IDLE_LIMIT_MILLISECONDS);
      timer.unref();
      this.#idleTimers.set(sandbox, timer);
    }
    this.#dispatch();
  }

  #start(): Sandbox {
    const sandbox = new Sandbox(this.model, this.#services, this.#log);
    this.#sandboxes.add(sandbox);
    this.#starting += 1;
    void sandbox.exited.then(() => {
      this.#sandboxes.delete(sandbox);
      clearTimeout(this.#idleTimers.get(sandbox));
      this.#idleTimers.delete(sandbox);
      if (!this.#stopped) this.#dispatch();
    });
    void sandbox.ready.then(async (ready) => {
      if (!ready) await sandbox.exited;
      this.#starting -= 1;
      if (ready) this.#release(sandbox);
      else this.#failed(sandbox);
    });
    return sandbox;
  }

  /** If a sandbox fails to start, one waiting invocation fails with its error. So no caller waits forever. */
  #failed(sandbox: Sandbox): void {
    const error = sandbox.initError ?? failure('Runtime.ExitError', 'Runtime exited during init');
    this.#report(error);
    this.#waiting.shift()?.settle(error);
    if (!this.#stopped) this.#dispatch();
  }
}
