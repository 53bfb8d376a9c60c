import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../../../lib/paths.ts';
import { clip } from '../../support/clips.ts';
import { expectFailure, frameFlow, temporaryFolder } from '../../support/command-line.ts';
import { readFramesZip } from '../../support/zip.ts';

/** The oldest line of Node that the package promises to run on, as npm offers it for this platform. */
const OLD_NODE = `node-${process.platform}-${process.arch}@20.20.2`;

let folder: string;
const installed = (...path: string[]) => join(folder, 'node_modules', ...path);
const npm = (args: readonly string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
  expect({ status }, stderr).toEqual({ status: 0 });
  return stdout.trim();
};

beforeAll(async () => {
  folder = await temporaryFolder();
  const archive = npm(['run', '--silent', 'pack:cli'], REPOSITORY_ROOT);
  await writeFile(join(folder, 'package.json'), '{"private": true}\n');
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', archive, OLD_NODE], folder);
});

describe('The packed command line, installed in an empty folder', () => {
  const runtimes = () =>
    [process.execPath, installed(OLD_NODE.replace(/@.*$/, ''), 'bin', 'node')].map((node) => [
      node,
      installed('frame-flow', 'frame-flow.js'),
    ]);

  it('extracts a clip, on this Node and on Node 20', async () => {
    for (const command of runtimes()) {
      const cwd = await temporaryFolder();
      const run = await frameFlow(['extract', await clip('h264.mp4'), '--json', '-q'], { cwd, command });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(run.stdout)).toMatchObject({ output: 'h264-frames.zip', frames: 4, engine: 'libav' });
      expect((await readFramesZip(await readFile(join(cwd, 'h264-frames.zip')))).frames).toHaveLength(4);
    }
  });

  it('talks to a service that is away as the unpacked one does', async () => {
    for (const command of runtimes()) {
      const env = { FRAME_FLOW_API: 'http://localhost:9', FRAME_FLOW_TOKEN: 'a' };
      expectFailure(await frameFlow(['list'], { command, env }), 5, /localhost:9 cannot be reached/);
    }
  });

  it('brings the licences of all that it holds, and FFmpeg in packages of their own', async () => {
    const licences = await readFile(installed('frame-flow', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'archiver', 'zod', 'yauzl', 'cli-progress', 'node-av']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect(await readFile(installed('frame-flow', 'README.md'), 'utf8')).toContain(
      'GNU General Public License',
    );
    expect(
      (await readdir(installed())).filter((name) => !name.startsWith('.') && !name.startsWith('node-')),
    ).toEqual(['@ffmpeg-installer', '@seydx', 'frame-flow']);
  });
});
