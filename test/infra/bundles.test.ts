import { spawnSync } from 'node:child_process';
import { closeSync, globSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BUNDLE_MAIN_FIELDS,
  BUNDLE_TARGET,
  LAMBDA_EXTERNALS,
  REQUIRE_BANNER,
} from '../../lib/build/bundle-options.ts';
import { prepareContainerDirectory } from '../../lib/build/container-directory.ts';
import { relayDockerfile, workerDockerfile } from '../../lib/build/dockerfiles.ts';
import { EXTRACTOR_ENTRY, EXTRACTOR_FILE, prepareExtractor } from '../../lib/build/extractor-program.ts';
import { FUNCTIONS_DIRECTORY, REPOSITORY_ROOT } from '../../lib/paths.ts';

const MEGABYTE = 1_000_000;
const entries = globSync('*/*.lambda.ts', { cwd: FUNCTIONS_DIRECTORY }).toSorted();

describe('A function’s bundle', () => {
  const sizes = new Map<string, number>();

  beforeAll(async () => {
    for (const entry of entries) {
      const { outputFiles } = await build({
        entryPoints: [join(FUNCTIONS_DIRECTORY, entry)],
        bundle: true,
        write: false,
        platform: 'node',
        format: 'esm',
        target: BUNDLE_TARGET,
        minify: true,
        keepNames: true,
        mainFields: BUNDLE_MAIN_FIELDS,
        external: LAMBDA_EXTERNALS,
        banner: { js: REQUIRE_BANNER },
        logLevel: 'error',
      });
      sizes.set(
        entry,
        outputFiles.reduce((sum, file) => sum + file.contents.length, 0),
      );
    }
  });

  test('is made of each of the seventeen entries', () => expect(entries).toHaveLength(17));

  test.each(entries)('of %s is under 1 MB', (entry) => {
    expect(sizes.get(entry)).toBeGreaterThan(0);
    expect(sizes.get(entry)).toBeLessThan(MEGABYTE);
  });
});

describe('The extractor’s bundle', () => {
  const bundle = readFileSync(prepareExtractor(), 'utf8');

  test('is small and leaves out what node-av brings for other purposes', () => {
    expect(bundle.length).toBeLessThan(MEGABYTE / 4);
    for (const other of ['werift', 'unzipper', 'aws-sdk']) expect(bundle).not.toContain(other);
  });

  test('finds libav in the directory that it is told', () => {
    const nobody = openSync('/dev/null', 'r+');
    const run = spawnSync(process.execPath, [prepareExtractor()], {
      env: { NODE_PATH: join(REPOSITORY_ROOT, 'node_modules') },
      // Nobody at the other end: it starts and stops.
      stdio: ['ignore', 'ignore', 'pipe', nobody, nobody],
      timeout: 60_000,
      encoding: 'utf8',
    });
    closeSync(nobody);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });

  test('goes beside the worker’s', () => {
    const { path } = prepareContainerDirectory({
      ...{ name: 'worker', entry: 'process/worker.task.ts', dockerfile: workerDockerfile('x86_64') },
      programs: { [EXTRACTOR_FILE]: EXTRACTOR_ENTRY },
    });
    expect(readFileSync(join(path, EXTRACTOR_FILE), 'utf8')).toBe(bundle);
  });
});

describe('A container’s directory', () => {
  test('is left alone while nothing changed, so that its image keeps its tag', () => {
    const prepare = () =>
      prepareContainerDirectory({
        name: 'relay',
        entry: 'orchestrator/relay/relay.task.ts',
        dockerfile: relayDockerfile(),
      });
    const modified = () =>
      ['index.mjs', 'Dockerfile'].map((file) => statSync(join(prepare().path, file)).mtimeMs);
    const before = modified();
    expect(modified()).toEqual(before);
    expect(prepare().relativePath).toBe('build/containers/relay');
  });
});
