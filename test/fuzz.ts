import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LibavEngine } from '../engine/index.ts';
import { prepareExtractor } from '../lib/build/extractor-program.ts';
import { REPOSITORY_ROOT } from '../lib/paths.ts';
import { fuzz } from './support/fuzzing.ts';

/**
 * `npm run fuzz [-- --count N --seed N]` runs the libav engine on damaged files, with a new seed each time by default.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
console.log(`seed ${values.seed}, ${values.count} mutations`);
const startedAt = performance.now();
// The bundle starts ten times faster than the source.
const program = prepareExtractor();
const engine = new LibavEngine({ program, libavPath: join(REPOSITORY_ROOT, 'node_modules') });
const { outcomes, offences } = await fuzz(engine, Number(values.seed), Number(values.count));
console.table(outcomes);
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${offences.length} offences`);
for (const offence of offences) console.log(offence);
process.exitCode = offences.length > 0 ? 1 : 0;
