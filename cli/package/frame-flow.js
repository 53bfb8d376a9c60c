#!/usr/bin/env node
/** Starts the packed command line: plain JavaScript, which says what is missing where Node is too old. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  process.stderr.write(
    `frame-flow: Node ${process.versions.node} is too old. Install Node 20.12 or newer.\n`,
  );
  process.exit(1);
}
const { default: module } = await import('node:module');
module.enableCompileCache?.();
await import(new URL('./main.js', import.meta.url).href);
