import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { ErrorReport } from '../errors.ts';
import type { OutputStream } from './output-stream.ts';
import { printable } from './printable.ts';
import { NO_PROGRESS, type ProgressBoard } from './progress.ts';

export interface TerminalOptions {
  stdout: OutputStream;
  stderr: OutputStream;
  /** Results and errors as one JSON object a line. */
  json: boolean;
  /** Nothing but results and errors. */
  quiet: boolean;
  /** Colours and bars are allowed where stderr is a terminal. */
  color: boolean;
}

/**
 * Everything that the command line prints: results on stdout, everything else on stderr. Each text passes `printable`
 * here, so that no file name and no server can send an escape sequence to the terminal.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #readerGone = new AbortController();
  #board: ProgressBoard = NO_PROGRESS;
  #held: string[] = [];

  constructor(options: TerminalOptions) {
    this.#options = options;
    for (const stream of [options.stdout, options.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        // The reader has seen enough (`| head`): what is left is not written, and nothing is wrong.
        this.#readerGone.abort();
        if (error.code !== 'EPIPE') process.exitCode = 1;
      });
    }
  }

  /** Aborts when the reader of stdout has gone. */
  get readerGone(): AbortSignal {
    return this.#readerGone.signal;
  }

  get isJson(): boolean {
    return this.#options.json;
  }

  /** A result: an object for programs, one or more lines for people. */
  result(value: object, ...lines: readonly string[]): void {
    const text = this.#options.json
      ? `${printable(JSON.stringify(value))}\n`
      : lines.map((line) => `${printable(line)}\n`).join('');
    // Bars on the same terminal would be torn apart.
    if (this.#board !== NO_PROGRESS && this.#options.stdout.isTTY) this.#held.push(text);
    else this.#write(this.#options.stdout, text);
  }

  /** Lines for people alone; programs get `result`. */
  lines(lines: readonly string[]): void {
    this.#write(this.#options.stdout, lines.map((line) => `${printable(line)}\n`).join(''));
  }

  /** What happens on the way; not shown with `--quiet`. */
  note(text: string): void {
    if (!this.#options.quiet) this.#tell(printable(text));
  }

  /** @param subject the file or id that failed, where the command works on several. */
  error(report: ErrorReport, subject?: string): void {
    const { outcome: _, ...error } = report;
    // Only where the operator has to be asked; programs get it always.
    const hasFailed = report.outcome === 'failed' && report.correlationId !== undefined;
    const id = hasFailed ? ` (correlation id ${report.correlationId})` : '';
    const place = subject === undefined ? '' : `${subject}: `;
    if (this.#options.json) {
      this.#tell(printable(JSON.stringify({ ...(subject !== undefined && { subject }), error })));
    } else {
      const text = printable(`${place}${report.message} ${report.nextStep}${id}`);
      this.#tell(`${this.#style('red', 'frame-flow:')} ${text}`);
    }
  }

  /** Shows bars, one line per task, where stderr is a terminal and bars are wanted. End it with `endProgress`. */
  async startProgress(): Promise<ProgressBoard> {
    const { stderr, quiet } = this.#options;
    if (quiet || !this.#isRich()) return NO_PROGRESS;
    // Loaded only where there is a terminal to draw on.
    const { createBars } = await import('./bars.ts');
    this.#board = createBars(stderr);
    return this.#board;
  }

  endProgress(): void {
    this.#board.end();
    this.#board = NO_PROGRESS;
    for (const text of this.#held) this.#write(this.#options.stdout, text);
    this.#held = [];
  }

  /** Text for the eye, where stderr is a terminal and colours are wanted. */
  #style(format: 'red', text: string): string {
    return this.#options.color && this.#isRich() ? styleText(format, text, { validateStream: false }) : text;
  }

  #isRich(): boolean {
    return this.#options.stderr.isTTY === true;
  }

  #tell(line: string): void {
    if (this.#board === NO_PROGRESS) this.#write(this.#options.stderr, `${line}\n`);
    else this.#board.log(line);
  }

  #write(stream: Writable, text: string): void {
    if (!stream.destroyed && stream.writable) stream.write(text);
  }
}
