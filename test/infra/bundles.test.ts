import { globSync, statSync } from 'node:fs';
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
import { relayDockerfile } from '../../lib/build/dockerfiles.ts';
import { FUNCTIONS_DIRECTORY } from '../../lib/paths.ts';

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
