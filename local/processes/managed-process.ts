import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DevStackError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { settledWithin } from '../waiting.ts';
import type { ProcessLedger } from './ledger.ts';
import { signalGroup } from './signal.ts';

const FIRST_BACKOFF_MILLISECONDS = 200;
const MAX_BACKOFF_MILLISECONDS = 10_000;
/** After this uptime, in milliseconds, the next restart uses the first backoff again. */
const HEALTHY_MILLISECONDS = 30_000;
const READY_DEADLINE_MILLISECONDS = 60_000;

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Its output is appended to this file. */
  readonly logFile: string;
  /** @default SIGTERM */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Time between the stop signal and SIGKILL, in milliseconds. @default 5000 */
  readonly stopTimeoutMilliseconds?: number;
  /**
   * Whether the process serves requests. A rejection counts as false; a DevStackError ends the wait. @default ready as
   * soon as the process runs
   */
  readonly isReady?: () => Promise<boolean>;
}

export interface ProcessServices {
  readonly ledger: ProcessLedger;
  readonly log: Log;
}

/**
 * A long-running child: a service or a container. If it ends unexpectedly, it is restarted with a growing delay. It
 * leads its own process group, so Ctrl-C in the terminal reaches only the stack.
 */
export class ManagedProcess {
  readonly name: string;
  readonly #spec: ProcessSpec;
  readonly #services: ProcessServices;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #wanted = false;
  #backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
  #restarts = 0;

  constructor(spec: ProcessSpec, services: ProcessServices) {
    this.name = spec.name;
    this.#spec = spec;
    this.#services = services;
  }

  /** The process id; undefined while the process does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Number of restarts after an unexpected end. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Starts it and waits until it is ready.
   * @throws DevStackError SERVICE_FAILED if it ends or is not ready within a minute
   */
  async start(): Promise<void> {
    this.#wanted = true;
    if (this.#child === undefined) this.#spawn();
    try {
      await this.#ready();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops it until the next start: with its stop signal, then with SIGKILL if it does not end in time. */
  async stop(): Promise<void> {
    this.#wanted = false;
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    signalGroup(pid, this.#spec.stopSignal ?? 'SIGTERM');
    signalGroup(pid, 'SIGCONT');
    if (await settledWithin(this.#exited, this.#spec.stopTimeoutMilliseconds ?? 5_000)) return;
    signalGroup(pid, 'SIGKILL');
    await this.#exited;
  }

  /** Sends a signal that ends the process (default SIGKILL) and waits for its end. It is then restarted. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { pid } = this;
    const exited = this.#exited;
    if (pid === undefined) return;
    signalGroup(pid, signal);
    await exited;
  }

  /** Stops it with SIGSTOP until {@link resume}. */
  pause(): void {
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGSTOP');
  }

  resume(): void {
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #spawn(): void {
    const { command, args, env, cwd, user, logFile, name } = this.#spec;
    const output = openSync(logFile, 'a', 0o600);
    const child = spawn(command, args, {
      env,
      cwd,
      ...user,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const startedAt = Date.now();
    this.#child = child;
    if (child.pid !== undefined) {
      this.#services.ledger.record(child.pid, name, this.#spec.stopSignal ?? 'SIGTERM');
    }
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#services.log.warn(`${name} failed to start: ${messageOf(error)}`);
        this.#child = undefined;
        resolve();
      });
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        resolve();
        if (Date.now() - startedAt > HEALTHY_MILLISECONDS)
          this.#backoffMilliseconds = FIRST_BACKOFF_MILLISECONDS;
        if (this.#wanted) void this.#revive(signal ?? `code ${code}`);
      });
    });
  }

  async #revive(cause: string): Promise<void> {
    const delay = this.#backoffMilliseconds;
    this.#backoffMilliseconds = Math.min(delay * 2, MAX_BACKOFF_MILLISECONDS);
    this.#services.log.warn(`${this.name} ended unexpectedly (${cause}); restarting it in ${delay} ms`);
    // Unreferenced: the delay does not keep a finished stack running.
    await sleep(delay, undefined, { ref: false });
    if (!this.#wanted || this.#child !== undefined) return;
    this.#restarts += 1;
    this.#spawn();
  }

  async #ready(): Promise<void> {
    const { isReady, name, logFile } = this.#spec;
    const deadline = Date.now() + READY_DEADLINE_MILLISECONDS;
    for (;;) {
      if (this.#child === undefined) {
        throw new DevStackError('SERVICE_FAILED', `${name} ended while starting; see ${logFile}`);
      }
      if (isReady === undefined || (await isReady().catch(unreadyUnlessHopeless))) return;
      if (Date.now() > deadline) {
        throw new DevStackError('SERVICE_FAILED', `${name} did not become ready; see ${logFile}`);
      }
      await sleep(30);
    }
  }
}

/** False for an error of a process that is not ready yet. Rethrows an error for the user. */
const unreadyUnlessHopeless = (error: unknown): false => {
  if (error instanceof DevStackError) throw error;
  return false;
};
