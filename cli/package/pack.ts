import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as z from 'zod';

/**
 * `npm run pack:cli`: makes a package of the command line that runs alone, `build/cli/frame-flow-VERSION.tgz`. Everything
 * is bundled but FFmpeg, which comes in packages for each platform. Prints the path of the package.
 */

const ROOT = join(import.meta.dirname, '../..');
const OUTPUT = join(ROOT, 'build/cli');
const FOLDER = join(OUTPUT, 'frame-flow');
/** CommonJS dependencies inside an ES module call `require`, which such a module does not have by itself. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
const EXTERNAL = ['@ffmpeg-installer/ffmpeg'];

const PackageFile = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

const readPackage = (path: string) => PackageFile.parse(JSON.parse(readFileSync(path, 'utf8')));

const bundle = async (): Promise<string[]> => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      { in: 'cli/main.ts', out: 'main' },
      { in: 'engine/libav/child/extractor.task.ts', out: 'extractor' },
    ],
    outdir: FOLDER,
    bundle: true,
    // Each command in a file of its own: a start loads what it needs.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    keepNames: true,
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    banner: { js: REQUIRE_BANNER },
    metafile: true,
    logLevel: 'error',
  });
  return Object.keys(metafile.inputs);
};

/** Names and licences of the packages that the bundle holds, with their texts. */
const licencesOf = (inputs: readonly string[]): string => {
  const folders = new Set(
    inputs.flatMap(
      (path) => /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.groups?.folder ?? [],
    ),
  );
  const texts = [...folders].toSorted().map((folder) => {
    const { name, version, license = 'see below' } = readPackage(join(ROOT, folder, 'package.json'));
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(ROOT, folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
};

/** libav's binding comes in one package per platform; node-av itself is in the bundle, without its installer. */
const platformPackages = (): Record<string, string> => {
  const { version, optionalDependencies = {} } = readPackage(join(ROOT, 'node_modules/node-av/package.json'));
  const names = Object.keys(optionalDependencies).filter((name) => name.startsWith('@seydx/'));
  return Object.fromEntries(names.map((name) => [name, version]));
};

const writePackageFile = (): string => {
  const { version, dependencies = {} } = readPackage(join(ROOT, 'package.json'));
  const ffmpeg = Object.fromEntries(EXTERNAL.map((name) => [name, dependencies[name] ?? '*']));
  const file = {
    name: 'frame-flow',
    version,
    description: 'Turns videos into frames, on this machine or with the Frame Flow service.',
    license: 'MIT',
    type: 'module',
    bin: { 'frame-flow': 'frame-flow.js' },
    engines: { node: '>=20.12' },
    optionalDependencies: { ...platformPackages(), ...ffmpeg },
  };
  writeFileSync(join(FOLDER, 'package.json'), `${JSON.stringify(file, null, 2)}\n`);
  return version;
};

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const inputs = await bundle();
// esbuild names it after its entry's format; the engine looks for this name.
copyFileSync(join(FOLDER, 'extractor.js'), join(FOLDER, 'extractor.mjs'));
rmSync(join(FOLDER, 'extractor.js'));
writeFileSync(join(FOLDER, 'THIRD-PARTY-LICENSES.txt'), licencesOf(inputs));
for (const name of ['frame-flow.js', 'README.md'])
  copyFileSync(join(import.meta.dirname, name), join(FOLDER, name));
copyFileSync(join(ROOT, 'LICENSE'), join(FOLDER, 'LICENSE'));
const version = writePackageFile();
execFileSync('npm', ['pack', '--silent', '--pack-destination', OUTPUT], { cwd: FOLDER, stdio: 'ignore' });
const path = join(OUTPUT, `frame-flow-${version}.tgz`);
if (!existsSync(path)) throw new Error(`npm pack made no ${path}`);
console.log(path);
