/** `npm start`: all of Frame Flow on this machine. See `options.ts` for its flags. */
const REQUIRED_NODE_MAJOR = 24;

const nodeMajor = Number(process.versions.node.split('.')[0]);
if (nodeMajor < REQUIRED_NODE_MAJOR) {
  console.error(
    `Frame Flow runs on Node ${REQUIRED_NODE_MAJOR}, and this is ${process.version}. Start it with npm start: npm ci has installed the right one.`,
  );
  process.exit(1);
}

// Only now: older versions could not even read the rest.
const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(process.argv.slice(2));
