import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { wrongClock } from '../clock/wrong-clock.ts';
import type { ProcessLedger } from '../processes/ledger.ts';
import { signalGroup } from '../processes/signal.ts';
import type { FunctionModel } from '../template/model.ts';
import { sandboxEnvironment } from './environment.ts';
import type { FunctionLog } from './function-log.ts';
import { FunctionErrorBody, failure, type InvocationResult } from './result.ts';
import type { RuntimeApi } from './runtime-api.ts';

/** Loading a bundle may take this long on a busy machine, in milliseconds; it is not the function's own time. */
const INIT_LIMIT_MILLISECONDS = 60_000;
/** Lambda's limit for what a function answers, in bytes: 6 MB. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;
/** The heap's share of the function's memory. */
const HEAP_SHARE = 0.9;

export interface SandboxServices {
  readonly runtimeApi: RuntimeApi;
  readonly ledger: ProcessLedger;
  /** Credentials, region and endpoints. */
  readonly aws: Readonly<Record<string, string>>;
  /** Sandboxes keep their /tmp below it. */
  readonly temporaryDirectory: string;
  /** Whether a sandbox stands still between two invocations, as Lambda's do. */
  readonly freezes: boolean;
}

interface Running {
  readonly requestId: string;
  readonly settle: (result: InvocationResult) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One execution environment of a function: a process that runs one invocation at a time. It ends with its
 * first time-out or crash, and whatever it started (FFmpeg) ends with it.
 *
 * Between invocations it is frozen, as on Lambda: from the moment that its runtime asks for the next one (the first time
 * that is the end of its init) until there is one. SIGSTOP and SIGCONT go to its whole group, so what it started stands
 * still with it. Both are sent in the same turn of the event loop as the state that they belong to changes, so no event
 * can come between: a sandbox that waits is frozen, one that runs is not. What a test stops by itself stays stopped only
 * until the next of the two. SIGKILL, the one signal that ends a sandbox, ends a frozen one too.
 */
export class Sandbox {
  readonly id = randomUUID();
  /** Settles when the runtime asked for its first invocation; false when it never will. */
  readonly ready: Promise<boolean>;
  readonly exited: Promise<void>;
  readonly #fn: FunctionModel;
  readonly #services: SandboxServices;
  readonly #child: ChildProcess;
  readonly #temporaryDirectory: string;
  #waiting: ServerResponse | undefined;
  #running: Running | undefined;
  #frozenAt: number | undefined;
  #dead = false;
  #initError: InvocationResult | undefined;
  #reportReady: (ready: boolean) => void = () => {};
  #reportNext: () => void = () => {};

  constructor(fn: FunctionModel, services: SandboxServices, log: FunctionLog) {
    this.#fn = fn;
    this.#services = services;
    this.#temporaryDirectory = join(services.temporaryDirectory, this.id);
    mkdirSync(this.#temporaryDirectory, { recursive: true, mode: 0o700 });
    const address = services.runtimeApi.register(this.id, {
      next: (response) => this.#next(response),
      succeeded: (requestId, payload) => this.#succeeded(requestId, payload),
      failed: (requestId, body) => this.#failed(requestId, body),
      initFailed: (body) => this.#initFailed(body),
    });
    this.ready = new Promise((resolve) => {
      this.#reportReady = resolve;
    });
    this.#child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${Math.floor(fn.memoryMb * HEAP_SHARE)}`,
        ...wrongClock(fn).args,
        join(import.meta.dirname, 'bootstrap.ts'),
      ],
      {
        cwd: fn.codeDirectory,
        env: sandboxEnvironment(fn, services.aws, this.#temporaryDirectory, address, this.id),
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    if (this.#child.pid !== undefined) services.ledger.record(this.#child.pid, `lambda ${fn.name}`);
    log.follow(this.#child.stdout);
    log.follow(this.#child.stderr);
    const initTimer = setTimeout(() => {
      this.#initError ??= failure(
        'Sandbox.Timedout',
        `Init took longer than ${INIT_LIMIT_MILLISECONDS / 1000} seconds`,
      );
      this.kill();
    }, INIT_LIMIT_MILLISECONDS);
    void this.ready.then(() => clearTimeout(initTimer));
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#initError ??= failure('Runtime.InvalidEntrypoint', error.message);
        this.#end('');
        resolve();
      });
      this.#child.once('exit', (code, signal) => {
        this.#end(signal === null ? `exit status ${code}` : `signal: ${signal}`);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#dead ? undefined : this.#child.pid;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** How long it has been frozen, in milliseconds; 0 while it runs. */
  get frozenMilliseconds(): number {
    return this.#frozenAt === undefined ? 0 : Date.now() - this.#frozenAt;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** Why it could not be initialised, if so. */
  get initError(): InvocationResult | undefined {
    return this.#initError;
  }

  /** Hands it one invocation; only when it is ready and not busy. */
  invoke(payload: string): Promise<InvocationResult> {
    const response = this.#waiting;
    if (response === undefined || this.#dead) {
      return Promise.resolve(failure('Runtime.ExitError', 'The sandbox is gone'));
    }
    this.#waiting = undefined;
    this.#thaw();
    const requestId = randomUUID();
    const { timeoutSeconds, arn, clockOffsetSeconds = 0 } = this.#fn;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#timedOut(), timeoutSeconds * 1000);
      this.#running = { requestId, settle: resolve, timer };
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': String(Date.now() + (timeoutSeconds + clockOffsetSeconds) * 1000),
        'lambda-runtime-invoked-function-arn': arn,
        'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`,
      });
      response.end(payload);
    });
  }

  /** Settles once it waits for an invocation again, or is dead. */
  nextAsked(): Promise<void> {
    if (this.#waiting !== undefined || this.#dead) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reportNext = resolve;
    });
  }

  /** Ends it and all that it started, at once. */
  kill(): void {
    const { pid } = this;
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  }

  #next(response: ServerResponse): void {
    this.#waiting = response;
    this.#freeze();
    this.#reportReady(true);
    this.#reportNext();
  }

  #freeze(): void {
    const { pid } = this;
    if (!this.#services.freezes || pid === undefined) return;
    signalGroup(pid, 'SIGSTOP');
    this.#frozenAt = Date.now();
  }

  #thaw(): void {
    const { pid } = this;
    if (!this.#services.freezes || pid === undefined) return;
    this.#frozenAt = undefined;
    signalGroup(pid, 'SIGCONT');
  }

  #succeeded(requestId: string, payload: string): void {
    if (Buffer.byteLength(payload) > MAX_ANSWER_BYTES) {
      this.#settle(
        requestId,
        failure(
          'Function.ResponseSizeTooLarge',
          'Response payload size exceeded maximum allowed payload size',
        ),
      );
    } else {
      this.#settle(requestId, { kind: 'success', payload });
    }
  }

  #failed(requestId: string, body: string): void {
    const { errorType, errorMessage } = FunctionErrorBody.parse(this.#parse(body));
    this.#settle(requestId, failure(errorType, errorMessage));
  }

  #initFailed(body: string): void {
    const { errorType, errorMessage } = FunctionErrorBody.parse(this.#parse(body));
    this.#initError = failure(errorType, errorMessage);
  }

  #timedOut(): void {
    const { timeoutSeconds } = this.#fn;
    const running = this.#running;
    if (running === undefined) return;
    this.kill();
    this.#settle(
      running.requestId,
      failure(
        'Sandbox.Timedout',
        `${running.requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      ),
    );
  }

  #settle(requestId: string, result: InvocationResult): void {
    const running = this.#running;
    if (running === undefined || running.requestId !== requestId) return;
    clearTimeout(running.timer);
    this.#running = undefined;
    running.settle(result);
  }

  #end(cause: string): void {
    if (this.#dead) return;
    // The leader is gone; what it started is in its group still.
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL');
    this.#dead = true;
    this.#services.runtimeApi.unregister(this.id);
    this.#waiting?.destroy();
    this.#reportReady(false);
    this.#reportNext();
    if (this.#running !== undefined) {
      const message = `RequestId: ${this.#running.requestId} Error: Runtime exited with error: ${cause}`;
      this.#settle(this.#running.requestId, failure('Runtime.ExitError', message));
    }
    rmSync(this.#temporaryDirectory, { recursive: true, force: true });
  }

  #parse(body: string): unknown {
    try {
      return JSON.parse(body);
    } catch {
      return undefined;
    }
  }
}
