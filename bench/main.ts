import { runCliBench } from './cli.ts';
import { runExtractionBench } from './extraction.ts';
import { runHostileBench } from './hostile.ts';
import { runInitBench } from './init.ts';
import { runLatencyBench } from './latency.ts';
import { runMemoryBench } from './memory.ts';
import { runRelayBench } from './relay.ts';

/** `npm run bench [-- NAME [OPTION …]]`: each bench prints a table. All figures of a table come from one run. */
const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  latency: runLatencyBench,
  relay: runRelayBench,
  extraction: runExtractionBench,
  memory: runMemoryBench,
  hostile: runHostileBench,
  init: runInitBench,
  cli: runCliBench,
};

const [name = 'latency', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`No bench is called "${name}"; candidates: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
await bench(args);
