/** `npm run localstack`: stage local on LocalStack. See `options.ts` for its arguments. */
import { join } from 'node:path';
import { consoleLog } from '../log.ts';
import { runCommand } from './run-command.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

process.exitCode = await runCommand(process.argv.slice(2), {
  project: join(import.meta.dirname, '..', '..'),
  env: process.env,
  log: consoleLog,
  signal: interrupted.signal,
});
