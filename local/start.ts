/** `npm start`: runs all of Frame Flow on this machine. `options.ts` lists its options. */
const REQUIRED_NODE_MAJOR = 24;

const nodeMajor = Number(process.versions.node.split('.')[0]);
if (nodeMajor < REQUIRED_NODE_MAJOR) {
  console.error(
    `Frame Flow runs on Node ${REQUIRED_NODE_MAJOR}, and this is ${process.version}. Start it with npm start, which uses the version that npm ci has installed.`,
  );
  process.exit(1);
}

// Imported only after the check, because older versions cannot parse the other files.
const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(process.argv.slice(2));
