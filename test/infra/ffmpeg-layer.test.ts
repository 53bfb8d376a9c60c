import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FFMPEG_BINARIES, LIBAV_BINARIES } from '../../layers/ffmpeg/binaries.ts';
import { ChecksumMismatchError, prepareFfmpegLayer } from '../../layers/ffmpeg/prepare.ts';
import { workerDockerfile } from '../../lib/build/dockerfiles.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

const nodeModules = join(REPOSITORY_ROOT, 'node_modules');
const installed = existsSync(join(nodeModules, FFMPEG_BINARIES.x86_64.packageName, 'ffmpeg'));

describe('The FFmpeg layer', () => {
  let buildDirectory: string;
  beforeEach(() => {
    buildDirectory = mkdtempSync(join(tmpdir(), 'frame-flow-layer-'));
  });
  afterEach(() => rmSync(buildDirectory, { recursive: true, force: true }));

  test.runIf(installed)('holds the pinned binary, its notice and its licence', () => {
    const layer = prepareFfmpegLayer('x86_64', { nodeModules, buildDirectory });
    expect(layer).toBe(join(buildDirectory, 'layers', 'ffmpeg', 'x86_64'));
    const binary = join(layer, 'bin', 'ffmpeg');
    expect(statSync(binary).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(layer, 'NOTICE.md'), 'utf8')).toContain('johnvansickle.com');
    expect(readFileSync(join(layer, 'LICENSES', 'GPL-3.0.txt'), 'utf8')).toContain(
      'GNU GENERAL PUBLIC LICENSE',
    );
    if (process.platform === 'linux' && process.arch === 'x64')
      expect(execFileSync(binary, ['-version'], { encoding: 'utf8' })).toMatch(/^ffmpeg version/);
  });

  test.runIf(installed)(
    'holds libav in Node’s search path, and stays below Lambda’s limit for unpacked layers',
    () => {
      const layer = prepareFfmpegLayer('x86_64', { nodeModules, buildDirectory });
      const { packageName, fileName } = LIBAV_BINARIES.x86_64;
      const binding = join(layer, 'nodejs', 'node_modules', packageName, fileName);
      const sizes = [binding, join(layer, 'bin', 'ffmpeg')].map((path) => statSync(path).size);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(245 * 1024 * 1024);
      expect(readFileSync(join(layer, 'NOTICE.md'), 'utf8')).toContain(packageName);
    },
  );

  test('has the version of libav that the types and tests use', () => {
    const { dependencies } = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'package.json'), 'utf8'));
    for (const { version } of Object.values(LIBAV_BINARIES)) expect(version).toBe(dependencies['node-av']);
  });

  test.runIf(installed)('repairs a binary that was changed', () => {
    const layer = prepareFfmpegLayer('x86_64', { nodeModules, buildDirectory });
    const binary = join(layer, 'bin', 'ffmpeg');
    writeFileSync(binary, 'changed');
    prepareFfmpegLayer('x86_64', { nodeModules, buildDirectory });
    expect(statSync(binary).size).toBeGreaterThan(10_000_000);
  });

  test('is not built from a binary other than the pinned one', () => {
    const forged = join(buildDirectory, 'node_modules');
    const directory = join(forged, FFMPEG_BINARIES.x86_64.packageName);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'ffmpeg'), '#!/bin/sh\n');
    expect(() => prepareFfmpegLayer('x86_64', { nodeModules: forged, buildDirectory })).toThrow(
      ChecksumMismatchError,
    );
    expect(existsSync(join(buildDirectory, 'layers', 'ffmpeg', 'x86_64', 'bin', 'ffmpeg'))).toBe(false);
  });

  test('verifies the checksum of a binary from the cache, too', () => {
    const { packageName, version } = FFMPEG_BINARIES.arm64;
    const kept = join(buildDirectory, 'cache', `${packageName.replace('/', '-')}-${version}`, 'package');
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, 'ffmpeg'), 'not the pinned one');
    const paths = { nodeModules: join(buildDirectory, 'none'), buildDirectory };
    expect(() => prepareFfmpegLayer('arm64', paths)).toThrow(ChecksumMismatchError);
  });
});

describe('The worker’s image', () => {
  test.each(['x86_64', 'arm64'] as const)(
    'has the same pinned FFmpeg as the layer for %s',
    (architecture) => {
      const { packageName, version, sha256 } = FFMPEG_BINARIES[architecture];
      const dockerfile = workerDockerfile(architecture);
      expect(dockerfile).toContain(`npm pack ${packageName}@${version}`);
      expect(dockerfile).toContain(`echo "${sha256}  package/ffmpeg" | sha256sum --check`);
      expect(dockerfile).toContain('/opt/bin/ffmpeg');
      const libav = LIBAV_BINARIES[architecture];
      expect(dockerfile).toContain(`npm pack ${libav.packageName}@${libav.version}`);
      expect(dockerfile).toContain(`echo "${libav.sha256}  package/node-av.node" | sha256sum --check`);
      expect(dockerfile).toContain(`/opt/nodejs/node_modules/${libav.packageName}/node-av.node`);
      expect(dockerfile).toContain('COPY *.mjs ./');
      expect(dockerfile).toContain('USER node');
    },
  );
});
