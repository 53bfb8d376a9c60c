import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { wrongClock } from '../clock/wrong-clock.ts';
import type { ProcessLedger } from '../processes/ledger.ts';
import { signalGroup } from '../processes/signal.ts';
import type { FunctionModel } from '../template/model.ts';
import { sandboxEnvironment } from './environment.ts';
import type { FunctionLog } from './function-log.ts';

/** The heap's share of the function's memory. */
const HEAP_SHARE = 0.9;

export interface SandboxProcessServices {
  readonly ledger: ProcessLedger;
  /** Credentials, region and endpoints. */
  readonly aws: Readonly<Record<string, string>>;
  /** The parent directory of the sandboxes' /tmp directories. */
  readonly temporaryDirectory: string;
  /** Whether sandboxes are frozen between invocations, as on Lambda. */
  readonly freezes: boolean;
}

export interface SandboxProcessOptions {
  readonly sandboxId: string;
  /** `host:port/path` of the sandbox's Runtime API. */
  readonly runtimeApi: string;
  readonly log: FunctionLog;
  /** Called once if the process cannot be started. */
  readonly onStartError: (error: Error) => void;
  /** Called once after the end of the process, with its exit status or signal. */
  readonly onExit: (cause: string) => void;
}

/**
 * The process of a sandbox. It leads its own process group and has its own /tmp. Everything that it starts (FFmpeg)
 * belongs to the group, and is frozen and killed with it.
 */
export class SandboxProcess {
  /** Settles after the end of the process. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #freezes: boolean;
  readonly #temporaryDirectory: string;
  #frozenAt: number | undefined;
  #ended = false;

  constructor(fn: FunctionModel, services: SandboxProcessServices, options: SandboxProcessOptions) {
    const { sandboxId, runtimeApi, log } = options;
    this.#freezes = services.freezes;
    this.#temporaryDirectory = join(services.temporaryDirectory, sandboxId);
    mkdirSync(this.#temporaryDirectory, { recursive: true, mode: 0o700 });
    this.#child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${Math.floor(fn.memoryMb * HEAP_SHARE)}`,
        ...wrongClock(fn).args,
        join(import.meta.dirname, 'bootstrap.ts'),
      ],
      {
        cwd: fn.codeDirectory,
        env: sandboxEnvironment(fn, services.aws, this.#temporaryDirectory, runtimeApi, sandboxId),
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    if (this.#child.pid !== undefined) services.ledger.record(this.#child.pid, `lambda ${fn.name}`);
    log.follow(this.#child.stdout);
    log.follow(this.#child.stderr);
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#end(() => options.onStartError(error));
        resolve();
      });
      this.#child.once('exit', (code, signal) => {
        this.#end(() => options.onExit(signal === null ? `exit status ${code}` : `signal: ${signal}`));
        resolve();
      });
    });
  }

  /** Undefined after the end of the process. */
  get pid(): number | undefined {
    return this.#ended ? undefined : this.#child.pid;
  }

  /** How long the process has been frozen, in milliseconds; 0 while it runs. */
  get frozenMilliseconds(): number {
    return this.#frozenAt === undefined ? 0 : Date.now() - this.#frozenAt;
  }

  freeze(): void {
    const { pid } = this;
    if (!this.#freezes || pid === undefined) return;
    signalGroup(pid, 'SIGSTOP');
    this.#frozenAt = Date.now();
  }

  thaw(): void {
    const { pid } = this;
    if (!this.#freezes || pid === undefined) return;
    this.#frozenAt = undefined;
    signalGroup(pid, 'SIGCONT');
  }

  /** Kills the whole process group. */
  kill(): void {
    const { pid } = this;
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  }

  #end(report: () => void): void {
    // The leader has ended, but processes that it started may still run in its group.
    this.kill();
    this.#ended = true;
    report();
    rmSync(this.#temporaryDirectory, { recursive: true, force: true });
  }
}
