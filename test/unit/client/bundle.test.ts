import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** Bundles some of the client's exports for a browser. */
const bundle = async (names: string) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names} } from './client/index.ts';`, resolveDir: ROOT, loader: 'ts' },
    ...{ bundle: true, minify: true, write: false, metafile: true },
    ...{ platform: 'browser', format: 'esm', target: 'es2022' },
  });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  return {
    bytes: contents.length,
    gzippedBytes: gzipSync(contents).length,
    inputs: Object.keys(metafile.inputs),
  };
};

describe("The client's bundle", () => {
  it('is small without the helpers', async () => {
    const { bytes, gzippedBytes, inputs } = await bundle('createClient, FrameFlowError');
    expect(bytes).toBeLessThan(8_300);
    expect(gzippedBytes).toBeLessThan(3_500);
    expect(inputs.filter((path) => !path.startsWith('client/') && path !== '<stdin>')).toEqual([]);
  });

  it('holds no zod, no schema and nothing of Node, with all helpers', async () => {
    const { bytes, inputs } = await bundle(
      'createClient, uploadFile, waitUntilDone, downloadZip, allVideos, allFrames',
    );
    expect(bytes).toBeLessThan(16_000);
    expect(inputs.filter((path) => !path.startsWith('client/') && path !== '<stdin>')).toEqual([]);
  });
});

describe('The client', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(ROOT, 'node_modules/.client-check-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const compile = (options: Record<string, unknown>, files: string[]) => {
    const config = join(directory, 'tsconfig.json');
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: options,
        include: [],
        files,
      }),
    );
    const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config], {
      encoding: 'utf8',
    });
    return { status, stdout };
  };

  it("compiles with a browser's types alone", () => {
    const browser = { lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'], types: [] };
    expect(compile(browser, [join(ROOT, 'client/index.ts')])).toEqual({ status: 0, stdout: '' });
  });

  it('has a README whose example compiles', () => {
    const readme = readFileSync(join(ROOT, 'client/README.md'), 'utf8');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    const file = join(directory, 'example.ts');
    writeFileSync(file, example.replaceAll("'../client/", "'../../client/"));
    expect(compile({}, [file])).toEqual({ status: 0, stdout: '' });
  });
});
