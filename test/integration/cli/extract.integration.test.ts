import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { COMMAND_LINE, expectFailure, frameFlow, temporaryFolder } from '../../support/command-line.ts';
import { readFramesZip } from '../../support/zip.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
const inFolder = (...path: string[]) => join(folder, ...path);
const zipAt = async (...path: string[]) => readFramesZip(await readFile(inFolder(...path)));

describe('`frame-flow extract`', () => {
  it('writes a ZIP with a frame for each ten seconds, and prints its name alone', async () => {
    const video = await clip('h264.mp4');
    const { code, stdout, stderr } = await frameFlow(['extract', video], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'h264-frames.zip\n' });
    expect(stderr).toMatch(/h264\.mp4: 4 frames in \d/);
    const { manifest, frames } = await zipAt('h264-frames.zip');
    expect(frames).toHaveLength(4);
    expect(manifest.frames.map(({ timeSeconds }) => timeSeconds)).toEqual([0, 10, 20, 30]);
    expect(await readdir(folder)).toEqual(['h264-frames.zip']);
  });

  it('takes another interval, and prints JSON', async () => {
    const run = await frameFlow(
      ['extract', await clip('short.mp4'), '--every', '1m30s', '--json', '-o', 'a.zip'],
      {
        cwd: folder,
      },
    );
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      output: 'a.zip',
      frames: 1,
      substituted: 0,
      engine: 'libav',
    });
    expect((await zipAt('a.zip')).manifest.intervalSeconds).toBe(90);
    await frameFlow(['extract', await clip('short.mp4'), '--every', '500ms', '-o', 'b.zip'], { cwd: folder });
    expect((await zipAt('b.zip')).manifest.framesDelivered).toBe(6);
  });

  it('writes a folder for each of several files, also where two have one name', async () => {
    await mkdir(inFolder('other'));
    await copyFile(await clip('short.mp4'), inFolder('other', 'h264.avi'));
    const inputs = [await clip('h264.mp4'), inFolder('other', 'h264.avi')];
    const { code, stdout } = await frameFlow(['extract', ...inputs, '-o', 'frames', '--quiet'], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(stdout.trim().split('\n').toSorted()).toEqual([join('frames', 'h264'), join('frames', 'h264-2')]);
    expect(await readdir(inFolder('frames', 'h264'))).toHaveLength(5);
    expect(await readdir(inFolder('frames', 'h264-2'))).toEqual([
      'frame_00000_00h00m00.000s.jpg',
      'manifest.json',
    ]);
  });

  it('goes on after a file that fails, and says which one failed', async () => {
    const inputs = [await clip('cut-off.mp4'), await clip('short.mp4')];
    const { code, stdout, stderr } = await frameFlow(['extract', ...inputs, '--json', '-q'], { cwd: folder });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ output: 'short-frames.zip', frames: 1 });
    expect(JSON.parse(stderr)).toMatchObject({ subject: inputs[0], error: { code: 'CORRUPT_VIDEO' } });
    expect(await readdir(folder)).toEqual(['short-frames.zip']);
  });

  it('refuses to replace a ZIP unless it is told to', async () => {
    await writeFile(inFolder('a.zip'), 'precious');
    const args = ['extract', await clip('short.mp4'), '-o', 'a.zip', '-q'];
    expectFailure(await frameFlow(args, { cwd: folder }), 1, /a\.zip exists already\. .*--force/);
    expect(await readFile(inFolder('a.zip'), 'utf8')).toBe('precious');
    expect(await frameFlow([...args, '--force'], { cwd: folder })).toMatchObject({ code: 0 });
    expect((await zipAt('a.zip')).frames).toHaveLength(1);
  });

  it('replaces the frames of an earlier run in a folder, and nothing else', async () => {
    const run = async (video: string, ...options: string[]) =>
      frameFlow(['extract', video, '-o', 'out', '-q', ...options], { cwd: folder });
    expect(await run(await clip('h264.mp4'))).toMatchObject({ code: 0, stderr: '' });
    await writeFile(inFolder('out', 'notes.txt'), 'mine');
    expectFailure(await run(await clip('short.mp4')), 1, /out is not empty\. .*--force/);
    expect(await run(await clip('short.mp4'), '--force')).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(inFolder('out'))).toEqual([
      'frame_00000_00h00m00.000s.jpg',
      'manifest.json',
      'notes.txt',
    ]);
    expect(await readdir(folder)).toEqual(['out']);
  });

  it('ends quietly where the reader of its output has gone', async () => {
    const script = `set -o pipefail; "${process.execPath}" "${COMMAND_LINE}" --help | head -c 1`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'U', stderr: '' });
  });

  it('starts the project’s own Node where the running one reads no TypeScript', async () => {
    const command = [process.execPath, '--no-experimental-strip-types', COMMAND_LINE];
    const run = await frameFlow(['extract', await clip('short.mp4'), '-q'], { cwd: folder, command });
    expect(run).toEqual({ code: 0, stdout: 'short-frames.zip\n', stderr: '' });
    expectFailure(await frameFlow(['extract', 'none.mp4'], { cwd: folder, command }), 1, /none\.mp4/);
  });
});

describe('`frame-flow extract` says in one sentence why it cannot', () => {
  it.each([
    ['cut-off.mp4', /The file is damaged.* Copy or download the file again/],
    ['page.mp4', /is not an MP4, MOV, MKV or AVI video\. Convert it/],
    ['audio-only.mp4', /has no video in it\. Name a file that has a picture/],
    ['flash-codec.avi', /encoded in a format that we cannot read\. Convert it to H\.264/],
    ['gap.mkv', /more frames than we deliver\. .*longer --every/],
    ['huge-picture.mp4', /larger than we can process\. Scale it down/],
    ['empty.mp4', /is empty\. Copy or download the file again/],
  ] as const)('extract %s', async (name, sentence) => {
    expectFailure(await frameFlow(['extract', await clip(name)], { cwd: folder }), 1, sentence);
    expect(await readdir(folder)).toEqual([]);
  });

  it('read a file that is not there, or a folder', async () => {
    expectFailure(await frameFlow(['extract', 'none.mp4'], { cwd: folder }), 1, /no such file.*none\.mp4/);
    expectFailure(await frameFlow(['extract', folder], { cwd: folder }), 1, /is a folder\. Name video files/);
  });

  it.each([
    [['extrat', 'a.mp4'], /Unknown command 'extrat'\. Did you mean extract\?/],
    [['extract'], /Missing required argument 'file'/],
    [['extract', 'a.mp4', '--evry', '3s'], /Unknown option '--evry'\. Did you mean --every\?/],
    [['extract', 'a.mp4', '--every', 'often'], /'often' is invalid\. Write a duration like 10s/],
    [['extract', 'a.mp4', '--every', '50ms'], /The shortest is 0\.1 s/],
    [['extract', 'a.mp4', 'b.mp4', '-o', 'c.zip'], /c\.zip can hold the frames of one video only\. .*folder/],
    [['extract', 'ftp://example.com/a.mp4'], /ftp:\/\/ is not supported\. .*https:\/\//],
  ])('understand %j', async (args, sentence) => {
    expectFailure(await frameFlow(args, { cwd: folder }), 2, sentence);
  });

  it('with a name in it that would change the terminal', async () => {
    const name = 'a\u001b]0;owned\u0007\u202egpm.mp4';
    const { code, stderr } = await frameFlow(['extract', name], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain(String.raw`a\u001b]0;owned\u0007\u202egpm.mp4`);
    for (const character of ['\u001b', '\u0007', '\u202e']) expect(stderr).not.toContain(character);
  });
});
