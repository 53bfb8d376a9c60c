import { spawnSync } from 'node:child_process';
import { closeSync, globSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { IConstruct } from 'constructs';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { BUNDLE_OPTIONS } from '../../lib/build/bundle-options.ts';
import { prepareContainerDirectory } from '../../lib/build/container-directory.ts';
import { relayDockerfile, workerDockerfile } from '../../lib/build/dockerfiles.ts';
import { EXTRACTOR_ENTRY, EXTRACTOR_FILE, prepareExtractor } from '../../lib/build/extractor-program.ts';
import { NodeFunction } from '../../lib/constructs/node-function.ts';
import { buildStacks } from '../../lib/frame-flow-app.ts';
import { FUNCTIONS_DIRECTORY, REPOSITORY_ROOT } from '../../lib/paths.ts';
import { siteFiles } from '../../site/build.ts';
import { configOf, createApp } from './synthesize.ts';

const MEGABYTE = 1_000_000;
/** This function loads every package of every function as a whole. */
const SELF_TEST = 'self-test/self-test.lambda.ts';
const entries = globSync('*/*.lambda.ts', { cwd: FUNCTIONS_DIRECTORY }).toSorted();

const isFunction = (value: unknown): boolean => typeof value === 'function';

const bundle = (entry: string) =>
  build({
    ...BUNDLE_OPTIONS,
    entryPoints: [join(FUNCTIONS_DIRECTORY, entry)],
    write: false,
    metafile: true,
  });

/** Modules that a bundle imports at runtime, apart from Node's own. */
const importsOf = ({ metafile }: Awaited<ReturnType<typeof bundle>>): string[] => [
  ...new Set(
    Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .map(({ path }) => path)
      .filter((path) => !isBuiltin(path)),
  ),
];

describe('A function’s bundle', () => {
  test('is made of each of the nineteen entries', () => expect(entries).toHaveLength(19));

  test.each(entries)('of %s holds the AWS SDK and all other packages, and stays small', async (entry) => {
    const built = await bundle(entry);
    expect(importsOf(built).filter((path) => path !== 'pg-native')).toEqual([]);
    const bytes = built.outputFiles.reduce((sum, file) => sum + file.contents.length, 0);
    expect(bytes).toBeGreaterThan(0);
    // The bench `init` measures the loading time (docs/adr/0023); this limit only reports a sudden growth.
    expect(bytes).toBeLessThan((entry === SELF_TEST ? 3 : 1.5) * MEGABYTE);
  });

  test('holds one copy of @smithy/core, shared by our code and the SDK', async () => {
    const { metafile } = await bundle('process/inbox.lambda.ts');
    const copies = Object.keys(metafile.inputs).flatMap(
      (path) => /^(?<copy>.*node_modules\/@smithy\/core)\//.exec(path)?.groups?.copy ?? [],
    );
    expect(new Set(copies)).toEqual(new Set(['node_modules/@smithy/core']));
  });

  test.each(['process/worker.task.ts', 'orchestrator/relay/relay.task.ts'])(
    'holds all packages for the container %s too',
    async (entry) => {
      expect(importsOf(await bundle(entry)).filter((path) => path !== 'pg-native')).toEqual([]);
    },
  );
});

describe('A function’s handler', () => {
  test.each(entries)('of %s takes no callback, which nodejs24.x refuses', async (entry) => {
    const module: unknown = await import(join(FUNCTIONS_DIRECTORY, entry));
    const { handler } = z
      .object({ handler: z.custom<(...args: unknown[]) => unknown>(isFunction) })
      .parse(module);
    expect(handler.length).toBeLessThan(3);
  });
});

describe('The extractor’s bundle', () => {
  const program = readFileSync(prepareExtractor(), 'utf8');

  test('is small and leaves out the parts of node-av that it does not use', () => {
    expect(program.length).toBeLessThan(MEGABYTE / 4);
    for (const other of ['werift', 'unzipper', 'aws-sdk']) expect(program).not.toContain(other);
  });

  test('finds libav in the directory of NODE_PATH', () => {
    const silence = openSync('/dev/null', 'r+');
    const run = spawnSync(process.execPath, [prepareExtractor()], {
      env: { NODE_PATH: join(REPOSITORY_ROOT, 'node_modules') },
      // Its channels lead to /dev/null, so it starts and stops.
      stdio: ['ignore', 'ignore', 'pipe', silence, silence],
      timeout: 60_000,
      encoding: 'utf8',
    });
    closeSync(silence);
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });

  test('is placed beside the worker’s bundle', () => {
    const { path } = prepareContainerDirectory({
      ...{ name: 'worker', entry: 'process/worker.task.ts', dockerfile: workerDockerfile('x86_64') },
      programs: { [EXTRACTOR_FILE]: EXTRACTOR_ENTRY },
    });
    expect(readFileSync(join(path, EXTRACTOR_FILE), 'utf8')).toBe(program);
  });
});

describe('A function’s package', () => {
  /** The files of each function's package, as a synthesis of stage dev makes it, by the function's path. */
  const packages = (): Map<string, string[]> => {
    const app = createApp({ 'aws:cdk:bundling-stacks': ['**'], 'aws:cdk:disable-asset-staging': false });
    try {
      buildStacks(app, configOf('dev'));
      return new Map(
        app.node
          .findAll()
          .filter((construct) => construct instanceof NodeFunction)
          .map(({ node }) => [
            node.path.replace('FrameFlow-dev-App/', ''),
            filesOf(app, node.findChild('Code')),
          ]),
      );
    } finally {
      rmSync(app.outdir, { recursive: true, force: true });
    }
  };

  const filesOf = (app: App, code: IConstruct): string[] => {
    if (!(code instanceof Asset)) throw new Error(`${code.node.path} is not an asset`);
    return readdirSync(resolve(app.outdir, code.assetPath), { recursive: true, encoding: 'utf8' }).toSorted();
  };

  test('holds its bundle, and the extractor or the SQL where the function needs them', () => {
    const built = packages();
    expect(built.size).toBeGreaterThanOrEqual(entries.length);
    const extracts = ['Process/InboxHandler', 'SelfTest/Extraction'];
    for (const [path, files] of built) {
      if (['Migrations/Migrate', 'Site/Publish'].includes(path)) continue;
      expect(files, path).toEqual([...(extracts.includes(path) ? [EXTRACTOR_FILE] : []), 'index.mjs']);
    }
    const sql = globSync('*/migrations/*.sql', { cwd: FUNCTIONS_DIRECTORY }).map(
      (path) => `migrations/${path.replace('/migrations/', '/')}`,
    );
    expect(built.get('Migrations/Migrate')?.filter((path) => path.endsWith('.sql'))).toEqual(sql.toSorted());
    const site = [...siteFiles().keys()].map((path) => `site/${path}`);
    expect(built.get('Site/Publish')).toEqual(expect.arrayContaining(['index.mjs', ...site]));
  });
});

describe('A container’s directory', () => {
  test('is not rewritten while nothing changed, so that its image keeps its tag', () => {
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
