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
/** One that lived this long was well: its next death starts the backoff anew. */
const HEALTHY_MILLISECONDS = 30_000;
const READY_DEADLINE_MILLISECONDS = 60_000;

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Its output goes to the end of this file. */
  readonly logFile: string;
  /** @default SIGTERM */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to end in good order, in milliseconds. @default 5000 */
  readonly stopTimeoutMilliseconds?: number;
  /** True once it does its work; a rejection counts as false, a DevStackError ends the wait. @default ready as soon as it runs */
  readonly isReady?: () => Promise<boolean>;
}

export interface ProcessServices {
  readonly ledger: ProcessLedger;
  readonly log: Log;
}

/**
 * A long-running child: a service or a container. One that dies without having been stopped is started again,
 * each time a little later. It leads its own process group, so Ctrl-C in the terminal reaches the stack alone.
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

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it was started again after an unexpected death. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Starts it and waits until it is ready.
   * @throws DevStackError SERVICE_FAILED when it ends or stays unready for a minute
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

  /** Ends it, in good order if it can, and keeps it down until the next start. */
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

  /** Sends a signal, SIGKILL unless told, and waits for the death it causes; it is then started again. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { pid } = this;
    const exited = this.#exited;
    if (pid === undefined) return;
    signalGroup(pid, signal);
    await exited;
  }

  /** Freezes it (SIGSTOP) until {@link resume}. */
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
        this.#services.log.warn(`${name} cannot be started: ${messageOf(error)}`);
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
    this.#services.log.warn(`${this.name} ended unexpectedly (${cause}); starting it again in ${delay} ms`);
    // Unreferenced: a backoff does not keep a finished program alive.
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

/** Not ready yet; but an error meant for the user is final. */
const unreadyUnlessHopeless = (error: unknown): false => {
  if (error instanceof DevStackError) throw error;
  return false;
};
