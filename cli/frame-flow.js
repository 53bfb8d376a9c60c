#!/usr/bin/env node
/**
 * Starts the command line. Plain JavaScript, which every Node reads: where the running Node cannot run the project's
 * TypeScript, the Node that the project brings takes over, with the same streams, signals and exit code.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The Node whose type stripping the project is written for. */
const NODE_MAJOR = 24;
/** Signals that another process sends on purpose; the keyboard's SIGINT reaches the child by itself, too. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const main = new URL('./main.ts', import.meta.url);

const startProjectsNode = () => {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const program = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url));
  if (!existsSync(program)) {
    process.stderr.write(`frame-flow: Node ${NODE_MAJOR} is not installed here. Run \`npm ci\` first.\n`);
    process.exit(1);
  }
  const child = spawn(program, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(
      `frame-flow: Node ${NODE_MAJOR} did not start: ${error.message}. Run \`npm ci\` again.\n`,
    );
    process.exit(1);
  });
  child.once('exit', (code, signal) =>
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0)),
  );
};

if (process.features.typescript && Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) {
  // What is stripped and compiled once is not stripped and compiled again.
  module.enableCompileCache?.();
  await import(main.href);
} else {
  startProjectsNode();
}
