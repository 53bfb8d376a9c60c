import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { COMMAND_LINE, expectFailure, frameFlow, temporaryFolder } from '../../support/command-line.ts';
import { mountSmallDisk } from '../../support/disk.ts';
import { eventually } from '../../support/eventually.ts';

/** Frames of a long clip, many enough that the command is still at work when a test interrupts it. */
const MANY = ['--every', '0.25'];

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Starts an extraction and calls `then` once it has begun to write. */
const whileWriting = async (output: string, then: (child: ChildProcess) => void) => {
  let started: ChildProcess | undefined;
  const video = await clip('many-frames.mp4');
  const ended = frameFlow(['extract', video, '-o', output, ...MANY], {
    cwd: folder,
    onStart: (child) => {
      started = child;
    },
  });
  await eventually('the first bytes', async () => ((await readdir(folder)).length > 0 ? true : undefined));
  if (started) then(started);
  return ended;
};

describe('An extraction that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s leaves no file and no folder behind', async (signal) => {
    for (const output of ['out.zip', 'out']) {
      const run = await whileWriting(output, (child) => child.kill(signal));
      expectFailure(run, 130, /interrupted\. Nothing half-written is left/);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('by SIGKILL leaves a part that the next run removes', async () => {
    expect(await whileWriting('out.zip', (child) => child.kill('SIGKILL'))).toMatchObject({ code: null });
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.out\.zip\.\d+\.part$/)]);
    const again = await frameFlow(['extract', await clip('short.mp4'), '-o', 'out.zip'], { cwd: folder });
    expect(again).toMatchObject({ code: 0, stdout: 'out.zip\n' });
    expect(await readdir(folder)).toEqual(['out.zip']);
  });
});

describe('An extraction onto a disk that is full', () => {
  it.each(['out.zip', 'out'])('fails with one sentence and leaves nothing (%s)', async (output) => {
    const disk = await mountSmallDisk(512);
    const video = await clip('many-frames.mp4');
    try {
      if (disk) {
        const run = await frameFlow(['extract', video, '-o', join(disk.path, output)]);
        expectFailure(run, 1, /cannot be written: the disk is full\. Free some space/);
        expect(await readdir(disk.path)).toEqual([]);
      } else {
        // Where no file system may be mounted, a limit on the size of one file is the nearest there is.
        await mkdir(folder, { recursive: true });
        const limited = ['bash', '-c', `ulimit -f 8; exec "$0" "$@"`, process.execPath, COMMAND_LINE];
        const run = await frameFlow(['extract', video, '-o', output], { cwd: folder, command: limited });
        expectFailure(run, 1, /larger than the system allows.*Choose another place/);
        expect(await readdir(folder)).toEqual([]);
      }
    } finally {
      disk?.remove();
    }
  });
});
