import { runCommandLine } from './run-command-line.ts';

/** The program. Connections that are kept alive, and all else that is still open, do not hold it back. */
const code = await runCommandLine(process.argv.slice(2), process);
process.stdout.write('', () => process.exit(code));
