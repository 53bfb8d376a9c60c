import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Duplex } from 'node:stream';
import { guardGroup, killGroup } from '../child-groups.ts';
import { EngineNotStartedError, ExtractionError } from '../errors.ts';
import { EXTRACTION_FAILURE_CODES } from '../words.ts';
import { MAX_CHILD_BYTES } from './limits.ts';
import { MessageReader } from './message-reader.ts';
import {
  CHILD_INPUT,
  CHILD_OUTPUT,
  decodeFrame,
  decodeNumbers,
  decodePlan,
  encodeHead,
  encodeJson,
  KIND,
  type Kind,
  type OpenOrder,
  type OpenReport,
  type PickedFrame,
  type PickOrder,
  type PlanOrder,
  type VideoPlan,
} from './protocol.ts';

export interface ExtractorProcessOptions {
  /** Path of the child's program. */
  program: string;
  /** Directory of the packages that hold libav; undefined: wherever the program finds them itself. */
  libavPath: string | undefined;
  /** The video's bytes. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Kills the child at once. */
  signal: AbortSignal;
}

interface Answer {
  kind: number;
  body: Buffer;
}

/** The program itself needs little: the pictures are libav's. It drops each JPEG at once, and may say so (`--expose-gc`). */
const NODE_ARGUMENTS = ['--max-old-space-size=128', '--max-semi-space-size=1', '--expose-gc'];

/** glibc by itself keeps freed memory of a picture's size: memory as large as that is given back at once. */
const MEMORY_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: String(128 * 1024) };

/**
 * The child's whole environment; credentials are not in it. Lambda's Node finds its OpenSSL through `LD_LIBRARY_PATH`
 * (/var/lang/lib): without the variable the child may not start.
 */
export const childEnvironment = (
  libavPath: string | undefined,
  { LD_LIBRARY_PATH }: NodeJS.ProcessEnv,
): Record<string, string> => ({
  ...MEMORY_ENVIRONMENT,
  ...(libavPath !== undefined && { NODE_PATH: libavPath }),
  ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }),
});

const PAGE_BYTES = 4096;
/** Milliseconds between two looks at the child's memory. */
const MEMORY_CHECK = 100;
/** Bytes of the child's last words that are kept. */
const LAST_WORDS = 2048;

/**
 * A child process that decodes one video. It has none of our credentials, no file and a process group of its own, which
 * gets SIGKILL: nothing that a hostile file makes of it is asked to end in good order.
 *
 * Every method throws ExtractionError ENGINE_CRASHED when the child died (EngineNotStartedError when it died before it
 * said anything), its own refusal's code when it refused, and the signal's reason when that was aborted.
 */
export class ExtractorProcess {
  readonly #options: ExtractorProcessOptions;
  readonly #child: ChildProcess;
  readonly #orders: Duplex;
  readonly #ended: Promise<void>;
  readonly #kill: () => void;
  readonly #answers: Answer[] = [];
  #waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void } | undefined;
  #failure: { error: unknown } | undefined;
  #lastWords = '';
  #spoke = false;

  constructor(options: ExtractorProcessOptions) {
    this.#options = options;
    const { program, libavPath, signal } = options;
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, program], {
      env: childEnvironment(libavPath, process.env),
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    const { pid } = child;
    const release = pid === undefined ? () => undefined : guardGroup(pid);
    this.#kill = () => pid !== undefined && child.exitCode === null && killGroup(pid);
    const onAbort = () => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const watch = setInterval(() => void this.#watchMemory(), MEMORY_CHECK).unref();
    this.#ended = new Promise((resolve) => {
      const finish = (error: unknown) => {
        clearInterval(watch);
        release();
        signal.removeEventListener('abort', onAbort);
        this.#fail(error);
        resolve();
      };
      child.once('error', (cause) =>
        finish(new EngineNotStartedError('The extractor could not be started', { cause })),
      );
      child.once('close', (code, killer) => {
        const end = `ended with ${killer ?? code}: ${this.#lastWords}`;
        finish(this.#spoke ? crash(end) : new EngineNotStartedError(`The extractor ${end}`));
      });
    });
    this.#orders = pipeOf(child, CHILD_INPUT);
    this.#listen(pipeOf(child, CHILD_OUTPUT));
    if (signal.aborted) onAbort();
  }

  async open(order: OpenOrder): Promise<OpenReport> {
    return JSON.parse((await this.#ask(KIND.open, order, KIND.opened)).toString());
  }

  async plan(order: PlanOrder): Promise<VideoPlan> {
    return decodePlan(await this.#ask(KIND.plan, order, KIND.planned));
  }

  /**
   * Frames as they are decoded; the next one is begun when it is asked for. A reader that leaves early ends the order, so
   * that the child is ready for the next one.
   */
  async *pick(order: PickOrder): AsyncGenerator<PickedFrame> {
    this.#send(KIND.pick, encodeJson(order));
    let isRead = true;
    try {
      for (let answer = await this.#receive(); answer.kind !== KIND.picked; answer = await this.#receive()) {
        const frame = decodeFrame(expectKind(answer, KIND.frame));
        isRead = false;
        yield frame;
        isRead = true;
        this.#send(KIND.next, Buffer.alloc(0));
      }
    } finally {
      // The reader left at this frame, and the child waits to hear whether it wants another one.
      if (!isRead) {
        this.#send(KIND.stop, Buffer.alloc(0));
        expectKind(await this.#receive(), KIND.picked);
      }
    }
  }

  /** Ends the child. Resolves when it has gone. */
  async close(): Promise<void> {
    this.#fail(crash('was closed'));
    await this.#ended;
  }

  async #ask(kind: Kind, order: unknown, answer: Kind): Promise<Buffer> {
    this.#send(kind, encodeJson(order));
    return expectKind(await this.#receive(), answer);
  }

  #send(kind: Kind, body: Buffer): void {
    if (this.#failure) throw this.#failure.error;
    this.#orders.write(encodeHead(kind, body.byteLength));
    if (body.byteLength > 0) this.#orders.write(body);
  }

  async #receive(): Promise<Answer> {
    const answer = this.#answers.shift();
    if (answer) return answer;
    if (this.#failure) throw this.#failure.error;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #listen(output: Duplex): void {
    const messages = new MessageReader((kind, body) => {
      if (kind === KIND.read) void this.#give(body);
      else this.#take({ kind, body });
    });
    output.on('data', (chunk: Buffer) => {
      this.#spoke = true;
      try {
        messages.add(chunk);
      } catch (error) {
        this.#fail(crash('talks nonsense', error));
      }
    });
    // A pipe that breaks is no news: the child's end is.
    for (const pipe of [output, this.#orders]) pipe.on('error', () => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('latin1')).slice(-LAST_WORDS);
    });
  }

  async #give(body: Buffer): Promise<void> {
    try {
      const [offset = 0, length = 0] = decodeNumbers(body);
      const bytes = await this.#options.read(offset, length);
      if (!this.#failure) this.#send(KIND.bytes, bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(answer);
    else this.#answers.push(answer);
  }

  /** The first failure is the one that counts; after it there is no use for the child. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure.error);
    this.#kill();
  }

  async #watchMemory(): Promise<void> {
    const statm = await readFile(`/proc/${this.#child.pid}/statm`, 'latin1').catch(() => '');
    const bytes = Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
    if (bytes > MAX_CHILD_BYTES) this.#fail(crash(`took ${bytes} bytes of memory`));
  }
}

const pipeOf = (child: ChildProcess, descriptor: number): Duplex => {
  const pipe = child.stdio[descriptor];
  if (pipe instanceof Duplex) return pipe;
  throw new Error(`No pipe at ${descriptor}`);
};

const expectKind = ({ kind, body }: Answer, expected: Kind): Buffer => {
  if (kind === expected) return body;
  if (kind !== KIND.refused) throw crash(`answered with kind ${kind}`);
  const { code, detail } = JSON.parse(body.toString());
  const known = EXTRACTION_FAILURE_CODES.find((each) => each === code);
  if (known === undefined) throw crash(`refused with ${code}`);
  throw new ExtractionError(known, String(detail));
};

const crash = (what: string, cause?: unknown): ExtractionError =>
  new ExtractionError('ENGINE_CRASHED', `The extractor ${what}`, { cause });
