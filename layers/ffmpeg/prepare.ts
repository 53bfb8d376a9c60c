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

/** The directories for preparing the layer. */
export interface FfmpegLayerPaths {
  /** The project's `node_modules`. */
  readonly nodeModules: string;
  /** Directory for the layers and the download cache. */
  readonly buildDirectory: string;
}

/** The binary differs from the pinned one. */
export class ChecksumMismatchError extends Error {
  readonly code = 'CHECKSUM_MISMATCH';

  constructor(path: string, expected: string, actual: string) {
    super(`${path} has SHA-256 ${actual}, expected ${expected}`);
    this.name = 'ChecksumMismatchError';
  }
}

/**
 * Prepares the layer's directory: `bin/ffmpeg`, libav below `nodejs/node_modules`, the notice and the licences.
 *
 * @returns the directory's path
 * @throws ChecksumMismatchError if a binary differs from the pinned one
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

/** Copies to a temporary name and renames, so that a concurrent synthesis never sees an incomplete file. */
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

/** npm installs only the package for the machine's platform. Other packages are downloaded once and cached. */
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
  if (!archive) throw new Error(`npm pack created no archive of ${binary.packageName}`);
  execFileSync('tar', ['-xzf', join(scratch, archive), '-C', scratch]);
  rmSync(kept, { recursive: true, force: true });
  renameSync(scratch, kept);
  return path;
};

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
