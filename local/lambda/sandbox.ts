import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FunctionModel } from '../template/model.ts';
import type { FunctionLog } from './function-log.ts';
import { failure, type InvocationResult, readFunctionError } from './result.ts';
import type { RuntimeApi } from './runtime-api.ts';
import { SandboxProcess, type SandboxProcessServices } from './sandbox-process.ts';

/** Maximum time to load a bundle on a busy machine, in milliseconds. It does not count as the function's own time. */
const INIT_LIMIT_MILLISECONDS = 60_000;
/** Lambda's limit for a function's answer, in bytes: 6 MB. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

export interface SandboxServices extends SandboxProcessServices {
  readonly runtimeApi: RuntimeApi;
}

interface Running {
  readonly requestId: string;
  readonly settle: (result: InvocationResult) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One execution environment of a function: a process that runs one invocation at a time. Its first timeout or crash
 * ends it.
 *
 * Between invocations it is frozen, as on Lambda: from the moment when its runtime requests the next invocation (the
 * first time, this is the end of its init) until that invocation arrives. SIGSTOP and SIGCONT go to the whole process
 * group. Each signal is sent in the same turn of the event loop in which the sandbox's state changes, so a waiting
 * sandbox is always frozen and a running one never is. If a test stops a sandbox with SIGSTOP, it stays stopped until
 * the next of these two signals. SIGKILL, the only signal that ends a sandbox, also ends a frozen one.
 */
export class Sandbox {
  readonly id = randomUUID();
  /** Resolves to true when the runtime requests its first invocation, to false if init fails. */
  readonly ready: Promise<boolean>;
  /** Settles after the end of the process. */
  readonly exited: Promise<void>;
  readonly #fn: FunctionModel;
  readonly #runtimeApi: RuntimeApi;
  readonly #process: SandboxProcess;
  #waiting: ServerResponse | undefined;
  #running: Running | undefined;
  #dead = false;
  #initError: InvocationResult | undefined;
  #reportReady: (ready: boolean) => void = () => {};
  #reportNext: () => void = () => {};

  constructor(fn: FunctionModel, services: SandboxServices, log: FunctionLog) {
    this.#fn = fn;
    this.#runtimeApi = services.runtimeApi;
    const address = services.runtimeApi.register(this.id, {
      next: (response) => this.#next(response),
      succeeded: (requestId, payload) => this.#succeeded(requestId, payload),
      failed: (requestId, body) => this.#settle(requestId, readFunctionError(body)),
      initFailed: (body) => {
        this.#initError = readFunctionError(body);
      },
    });
    this.ready = new Promise((resolve) => {
      this.#reportReady = resolve;
    });
    this.#process = new SandboxProcess(fn, services, {
      sandboxId: this.id,
      runtimeApi: address,
      log,
      onStartError: (error) => {
        this.#initError ??= failure('Runtime.InvalidEntrypoint', error.message);
        this.#end('');
      },
      onExit: (cause) => this.#end(cause),
    });
    this.exited = this.#process.exited;
    const initTimer = setTimeout(() => {
      this.#initError ??= failure(
        'Sandbox.Timedout',
        `Init took longer than ${INIT_LIMIT_MILLISECONDS / 1000} seconds`,
      );
      this.kill();
    }, INIT_LIMIT_MILLISECONDS);
    void this.ready.then(() => clearTimeout(initTimer));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** How long the sandbox has been frozen, in milliseconds; 0 while it runs. */
  get frozenMilliseconds(): number {
    return this.#process.frozenMilliseconds;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** The error of its init, if init failed. */
  get initError(): InvocationResult | undefined {
    return this.#initError;
  }

  /** Runs one invocation. The sandbox must be ready and not busy. */
  invoke(payload: string): Promise<InvocationResult> {
    const response = this.#waiting;
    if (response === undefined || this.#dead) {
      return Promise.resolve(failure('Runtime.ExitError', 'The sandbox has ended'));
    }
    this.#waiting = undefined;
    this.#process.thaw();
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

  /** Settles when the sandbox waits for its next invocation or has ended. */
  nextAsked(): Promise<void> {
    if (this.#waiting !== undefined || this.#dead) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reportNext = resolve;
    });
  }

  /** Kills the sandbox and everything that it started. */
  kill(): void {
    this.#process.kill();
  }

  #next(response: ServerResponse): void {
    this.#waiting = response;
    this.#process.freeze();
    this.#reportReady(true);
    this.#reportNext();
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
    this.#dead = true;
    this.#runtimeApi.unregister(this.id);
    this.#waiting?.destroy();
    this.#reportReady(false);
    this.#reportNext();
    if (this.#running !== undefined) {
      const message = `RequestId: ${this.#running.requestId} Error: Runtime exited with error: ${cause}`;
      this.#settle(this.#running.requestId, failure('Runtime.ExitError', message));
    }
  }
}
