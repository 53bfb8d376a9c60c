import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import type { Log } from '../log.ts';
import type { FunctionError } from './result.ts';

const MAX_CONSOLE_CHARACTERS = 240;

const StructuredLine = z.object({ level: z.string(), message: z.unknown() });

/** The shortened message of a log line at error level or above, for the console. Undefined for every other line. */
export const errorIn = (line: string): string | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = StructuredLine.safeParse(JSON.parse(line));
    if (!parsed.success || !/^(error|critical|fatal)$/i.test(parsed.data.level)) return undefined;
    return String(parsed.data.message).slice(0, MAX_CONSOLE_CHARACTERS);
  } catch {
    return undefined;
  }
};

/** One function's log file. Every start replaces it. Errors also go to the console. */
export class FunctionLog {
  readonly #name: string;
  readonly #log: Log;
  readonly #file: WriteStream;

  constructor(name: string, path: string, log: Log) {
    this.#name = name;
    this.#log = log;
    this.#file = createWriteStream(path, { flags: 'w', mode: 0o600 });
    this.#file.on('error', () => {});
  }

  /** Writes a sandbox's output into the log. */
  follow(stream: Readable | null): void {
    if (stream === null) return;
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', (line) => {
      this.#file.write(`${line}\n`);
      const error = errorIn(line);
      if (error !== undefined) this.#log.warn(`[${this.#name}] ${error}`);
    });
  }

  /** Logs a failed invocation. */
  report({ errorType, errorMessage }: FunctionError): void {
    const text = `${errorType}: ${errorMessage}`;
    this.#file.write(`${text}\n`);
    this.#log.warn(`[${this.#name}] ${text.slice(0, MAX_CONSOLE_CHARACTERS)}`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#file.end(resolve));
  }
}
