import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { guardGroup, killGroup } from '../child-groups.ts';
import { EngineNotStartedError, ExtractionError } from '../errors.ts';
import { EXTRACTION_FAILURE_CODES } from '../words.ts';
import { type Answer, Answers } from './answers.ts';
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
import { pipeOf, startChild } from './start-child.ts';
import { watchMemory } from './watch-memory.ts';

export interface ExtractorProcessOptions {
  /** Path of the child's program. */
  program: string;
  /** Directory of the packages that contain libav; undefined means that the program finds them itself. */
  libavPath: string | undefined;
  /** Reads the video's bytes. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Kills the child at once. */
  signal: AbortSignal;
}

/** Bytes of the child's last error output that are kept. */
const LAST_WORDS_BYTES = 2048;

/**
 * A child process that decodes one video. It has no credentials, no files and its own process group. The group gets
 * SIGKILL, because a hostile file may control the child, and such a child would ignore other signals.
 *
 * Every method throws ExtractionError ENGINE_CRASHED if the child crashed (EngineNotStartedError if it crashed before
 * it sent anything), the code of the child's refusal if it refused, and the signal's reason if the signal aborted.
 */
export class ExtractorProcess {
  readonly #options: ExtractorProcessOptions;
  readonly #child: ChildProcess;
  readonly #orders: Duplex;
  readonly #ended: Promise<void>;
  readonly #kill: () => void;
  readonly #answers = new Answers();
  #lastWords = '';
  #spoke = false;

  constructor(options: ExtractorProcessOptions) {
    this.#options = options;
    const { program, libavPath, signal } = options;
    const child = startChild(program, libavPath);
    this.#child = child;
    const { pid } = child;
    const release = pid === undefined ? () => undefined : guardGroup(pid);
    this.#kill = () => pid !== undefined && child.exitCode === null && killGroup(pid);
    const onAbort = () => this.#fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const endWatch =
      pid === undefined
        ? () => undefined
        : watchMemory(pid, MAX_CHILD_BYTES, (bytes) => this.#fail(crash(`used ${bytes} bytes of memory`)));
    this.#ended = new Promise((resolve) => {
      const finish = (error: unknown) => {
        endWatch();
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
   * Yields frames as they are decoded. The child decodes the next frame only on request. A reader that leaves early
   * stops the order, so that the child is ready for the next one.
   */
  async *pick(order: PickOrder): AsyncGenerator<PickedFrame> {
    this.#send(KIND.pick, encodeJson(order));
    let isRead = true;
    try {
      for (
        let answer = await this.#answers.next();
        answer.kind !== KIND.picked;
        answer = await this.#answers.next()
      ) {
        const frame = decodeFrame(expectKind(answer, KIND.frame));
        isRead = false;
        yield frame;
        isRead = true;
        this.#send(KIND.next, Buffer.alloc(0));
      }
    } finally {
      // The reader left at this frame, and the child waits for `next` or `stop`.
      if (!isRead) {
        this.#send(KIND.stop, Buffer.alloc(0));
        expectKind(await this.#answers.next(), KIND.picked);
      }
    }
  }

  /** Ends the child. Resolves when it has ended. */
  async close(): Promise<void> {
    this.#fail(crash('was closed'));
    await this.#ended;
  }

  async #ask(kind: Kind, order: unknown, answer: Kind): Promise<Buffer> {
    this.#send(kind, encodeJson(order));
    return expectKind(await this.#answers.next(), answer);
  }

  #send(kind: Kind, body: Buffer): void {
    this.#answers.throwIfFailed();
    this.#orders.write(encodeHead(kind, body.byteLength));
    if (body.byteLength > 0) this.#orders.write(body);
  }

  #listen(output: Duplex): void {
    const messages = new MessageReader((kind, body) => {
      if (kind === KIND.read) void this.#give(body);
      else this.#answers.add({ kind, body });
    });
    output.on('data', (chunk: Buffer) => {
      this.#spoke = true;
      try {
        messages.add(chunk);
      } catch (error) {
        this.#fail(crash('sent an invalid message', error));
      }
    });
    // A broken pipe is ignored, because the child's exit is reported.
    for (const pipe of [output, this.#orders]) pipe.on('error', () => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('latin1')).slice(-LAST_WORDS_BYTES);
    });
  }

  async #give(body: Buffer): Promise<void> {
    try {
      const [offset = 0, length = 0] = decodeNumbers(body);
      const bytes = await this.#options.read(offset, length);
      if (!this.#answers.hasFailed) this.#send(KIND.bytes, bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reports a failure and kills the child. */
  #fail(error: unknown): void {
    this.#answers.fail(error);
    this.#kill();
  }
}

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
