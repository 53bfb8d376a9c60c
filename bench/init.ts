import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS } from '../lib/build/bundle-options.ts';
import { BUILD_DIRECTORY, FUNCTIONS_DIRECTORY } from '../lib/paths.ts';
import { median, milliseconds } from './statistics.ts';

const ROUNDS = 15;

/** Packages that a bundle may leave to the Lambda runtime. Here `node_modules` replaces the runtime's packages. */
const VARIANTS = {
  'SDK left out': ['@aws-sdk/*'],
  'plain clients left out': ['@aws-sdk/client-s3', '@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs'],
  'all bundled': [],
} as const;
type Variant = keyof typeof VARIANTS;
const variants: readonly Variant[] = ['SDK left out', 'plain clients left out', 'all bundled'];

interface Bundle {
  readonly entry: string;
  readonly variant: Variant;
  readonly path: string;
  readonly kilobytes: number;
  readonly loadMilliseconds: number[];
}

/**
 * `npm run bench -- init`: measures the CPU time for loading each function's bundle in a new process, with and without
 * the AWS SDK in the bundle. The variants take turns. Wall-clock time would measure the other load of the machine:
 * loading from a warm file cache waits for nothing. (docs/adr/0023)
 */
export const runInitBench = async (): Promise<void> => {
  // Below the repository, so that packages outside the bundle are found in `node_modules`.
  await mkdir(BUILD_DIRECTORY, { recursive: true });
  const directory = await mkdtemp(join(BUILD_DIRECTORY, 'init-'));
  try {
    const entries = globSync('*/*.lambda.ts', { cwd: FUNCTIONS_DIRECTORY }).toSorted();
    const bundles: Bundle[] = [];
    for (const entry of entries) {
      for (const variant of variants) bundles.push(await makeBundle(directory, entry, variant));
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const bundle of bundles) bundle.loadMilliseconds.push(load(bundle.path));
    }
    print(bundles);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const makeBundle = async (directory: string, entry: string, variant: Variant): Promise<Bundle> => {
  const path = join(directory, `${entry.replaceAll('/', '-')}.${variant.replaceAll(' ', '-')}.mjs`);
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints: [join(FUNCTIONS_DIRECTORY, entry)],
    outfile: path,
    external: [...BUNDLE_OPTIONS.external, ...VARIANTS[variant]],
  });
  const kilobytes = Math.round((await stat(path)).size / 1000);
  return { entry, variant, path, kilobytes, loadMilliseconds: [] };
};

/**
 * CPU milliseconds for loading the bundle.
 * @throws Error if the bundle does not load
 */
const load = (path: string): number => {
  const program = `const before = process.cpuUsage();
await import(${JSON.stringify(path)});
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env: {},
  });
  const time = Number.parseFloat(stdout);
  if (Number.isNaN(time)) throw new Error(`${path} did not load: ${stderr}`);
  return time;
};

const print = (bundles: readonly Bundle[]): void => {
  const rows = Object.groupBy(bundles, ({ entry }) => entry);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([entry, ofEntry = []]) => [
        entry,
        Object.fromEntries(
          ofEntry.map(({ variant, kilobytes, loadMilliseconds }) => [
            variant,
            `${kilobytes} KB, ${milliseconds(median(loadMilliseconds))}`,
          ]),
        ),
      ]),
    ),
  );
};
