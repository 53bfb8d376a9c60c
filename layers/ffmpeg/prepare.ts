import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FFMPEG_BINARIES, type FfmpegArchitecture, LIBAV_BINARIES, type PinnedBinary } from './binaries.ts';

/** Where to look for the binary and where to put it. */
export interface FfmpegLayerPaths {
  /** The project's `node_modules`. */
  readonly nodeModules: string;
  /** Holds layers and the download cache. */
  readonly buildDirectory: string;
}

/** The binary is not the one that was pinned. */
export class ChecksumMismatchError extends Error {
  readonly code = 'CHECKSUM_MISMATCH';

  constructor(path: string, expected: string, actual: string) {
    super(`${path} has SHA-256 ${actual}, pinned is ${expected}`);
    this.name = 'ChecksumMismatchError';
  }
}

/**
 * Prepares the directory of the layer: `bin/ffmpeg`, libav below `nodejs/node_modules`, notice and licences.
 *
 * @returns the directory's path.
 * @throws ChecksumMismatchError where the binary found is not the pinned one.
 */
export const prepareFfmpegLayer = (architecture: FfmpegArchitecture, paths: FfmpegLayerPaths): string => {
  const [ffmpeg, libav] = [FFMPEG_BINARIES[architecture], LIBAV_BINARIES[architecture]];
  const layer = join(paths.buildDirectory, 'layers', 'ffmpeg', architecture);
  provide(ffmpeg, join(layer, 'bin', 'ffmpeg'), paths);
  provide(libav, join(layer, 'nodejs', 'node_modules', libav.packageName, libav.fileName), paths);
  copyFileSync(join(import.meta.dirname, 'NOTICE.md'), join(layer, 'NOTICE.md'));
  cpSync(join(import.meta.dirname, 'LICENSES'), join(layer, 'LICENSES'), { recursive: true });
  return layer;
};

const provide = (binary: PinnedBinary, target: string, paths: FfmpegLayerPaths): void => {
  mkdirSync(dirname(target), { recursive: true });
  if (!existsSync(target) || sha256(target) !== binary.sha256) {
    install(findBinary(binary, paths), target, binary);
  }
};

/** Copied beside the target and renamed: another synthesis at the same time never sees half a file. */
const install = (source: string, target: string, binary: PinnedBinary): void => {
  const actual = sha256(source);
  if (actual !== binary.sha256) throw new ChecksumMismatchError(source, binary.sha256, actual);
  const partial = `${target}.${process.pid}`;
  copyFileSync(source, partial);
  chmodSync(partial, 0o755);
  renameSync(partial, target);
};

const findBinary = (binary: PinnedBinary, { nodeModules, buildDirectory }: FfmpegLayerPaths): string => {
  const installed = join(nodeModules, binary.packageName, binary.fileName);
  return existsSync(installed) ? installed : download(binary, join(buildDirectory, 'cache'));
};

/** npm installs only the package of the machine's own platform; any other is fetched once and kept. */
const download = (binary: PinnedBinary, cache: string): string => {
  const kept = join(cache, `${binary.packageName.replace('/', '-')}-${binary.version}`);
  const path = join(kept, 'package', binary.fileName);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'unpack-'));
  execFileSync('npm', [
    'pack',
    `${binary.packageName}@${binary.version}`,
    '--silent',
    '--pack-destination',
    scratch,
  ]);
  const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack of ${binary.packageName} left no archive`);
  execFileSync('tar', ['-xzf', join(scratch, archive), '-C', scratch]);
  rmSync(kept, { recursive: true, force: true });
  renameSync(scratch, kept);
  return path;
};

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
