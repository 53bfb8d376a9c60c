import type { Terminal } from './output/terminal.ts';

/** What every command is given. */
export interface CommandContext {
  terminal: Terminal;
  /** Aborts at Ctrl-C, its reason being the error to report. */
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
  /** The options that every command knows. */
  options: GlobalOptions;
}

export interface GlobalOptions {
  /** The service's address; undefined: the default. */
  api?: string;
  /** Seconds that one try of a call may take. */
  timeout?: number;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}
