import { type ChildProcess, spawnSync } from 'node:child_process';
import { copyFile, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { clip } from '../support/clips.ts';
import {
  type CommandLineOptions,
  expectFailure,
  frameFlow,
  temporaryFolder,
} from '../support/command-line.ts';
import { mountSmallDisk } from '../support/disk.ts';
import { eventually } from '../support/eventually.ts';
import { readFramesZip } from '../support/zip.ts';

const MEBIBYTE = 1024 * 1024;
const PASSWORD = 'a long sentence is a good password\n';
const EMAIL = `terminal-${Date.now()}@example.com`;

let env: NodeJS.ProcessEnv;
let folder: string;

const run = (args: readonly string[], options: CommandLineOptions = {}) =>
  frameFlow(args, { cwd: folder, env, ...options });
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await run([...args, '--json', '--quiet']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
};
/** Where the command line remembers the cuts that are under way. */
const journal = () => join(String(env.HOME), '.config/frame-flow/cuts');
const zipAt = async (...path: string[]) => readFramesZip(await readFile(join(folder, ...path)));

beforeAll(async () => {
  env = { FRAME_FLOW_API: inject('stack').url, HOME: await temporaryFolder() };
  folder = await temporaryFolder();
  const registered = await run(['register', '--email', EMAIL, '--password-stdin'], { input: PASSWORD });
  expect(registered).toMatchObject({ code: 0, stderr: '' });
});
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('`frame-flow cut`', () => {
  it('fetches the frames of three files at once, each checked, and the same that `extract` finds', async () => {
    const names = ['h264.mp4', 'short.mp4', 'mpeg4.avi'] as const;
    const files = await Promise.all(names.map((name) => clip(name)));
    const { code, stdout } = await run(['cut', ...files]);
    expect(code).toBe(0);
    const zips = ['h264-frames.zip', 'mpeg4-frames.zip', 'short-frames.zip'];
    expect(stdout.trim().split('\n').toSorted()).toEqual(zips);
    expect(await readdir(folder)).toEqual(zips);

    const local = await temporaryFolder();
    expect(await run(['extract', ...files, '-q'], { cwd: local })).toMatchObject({ code: 0, stderr: '' });
    for (const name of zips) {
      const service = await zipAt(name);
      const extracted = await readFramesZip(await readFile(join(local, name)));
      expect(extracted.frames).toEqual(service.frames);
      // How many reads it took depends on what was in the way; the rest is the same, but for the video's id.
      const { videoId, bytesRead: _bytes, requests: _requests, ...manifest } = service.manifest;
      expect(videoId).toMatch(/^[0-9a-f-]{36}$/);
      expect(extracted.manifest).toMatchObject(manifest);
      expect(Object.keys(extracted.manifest)).toEqual(
        Object.keys(service.manifest).filter((key) => key !== 'videoId'),
      );
    }
  });

  it('starts over after it was killed during the upload, and says so', async () => {
    const video = await largeVideo();
    const ended = run(['cut', video, '-o', 'large.zip'], {
      onStart: (child) => void whenUploading(child).then(() => child.kill('SIGKILL')),
    });
    expect(await ended).toMatchObject({ code: null, stdout: '' });
    expect(await readdir(folder)).toEqual(['large.mp4']);
    const again = await run(['cut', video, '-o', 'large.zip']);
    expect(again).toMatchObject({ code: 0, stdout: 'large.zip\n' });
    expect(again.stderr).toMatch(/interrupted: it starts over|uploaded before/);
    expect((await zipAt('large.zip')).frames).toHaveLength(1);
    expect(await readdir(journal())).toEqual([]);
  });

  it('takes no upload for an interrupted one while its command still runs', async () => {
    const video = await largeVideo();
    let begun: Promise<void> | undefined;
    const first = run(['cut', video, '-o', 'a.zip'], {
      onStart: (child) => {
        begun = whenUploading(child);
      },
    });
    await eventually('the start of the first command', () => begun?.then(() => true));
    const second = await run(['cut', video, '-o', 'b.zip']);
    expect(second).toMatchObject({ code: 0, stdout: 'b.zip\n' });
    expect(second.stderr).not.toMatch(/interrupted|before/);
    expect(await first).toMatchObject({ code: 0, stdout: 'a.zip\n' });
  });

  it('with --no-wait prints the id; the other commands do the rest', async () => {
    const { stdout } = await run(['cut', await clip('h264.mp4'), '--no-wait', '--every', '5s']);
    const id = stdout.trim();
    expect(await run(['status', id, '--watch', '-q'])).toMatchObject({ code: 0, stderr: '' });
    expect(await json('status', id)).toMatchObject([{ id, status: 'READY', frames: 7 }]);
    expect((await json('list')).map((video) => video.id)).toContain(id);
    expect((await json('events', id)).map(({ type }) => type)).toContain('FILE_AVAILABLE');
    expect(await json('download', id, '-o', 'a.zip')).toMatchObject([{ id, output: 'a.zip', frames: 7 }]);
    expect((await zipAt('a.zip')).frames).toHaveLength(7);
    expect(await json('frames', id, '-o', 'a')).toMatchObject([{ output: 'a', frames: 7 }]);
    expect(await readdir(join(folder, 'a'))).toHaveLength(8);
    expect(await run(['delete', id, '-q'])).toEqual({ code: 0, stdout: `${id}\n`, stderr: '' });
    expect((await json('list')).map((video) => video.id)).not.toContain(id);
  });
});

/** Waits until the command has remembered its video: then the upload is under way. */
const whenUploading = async (child: ChildProcess): Promise<void> => {
  const entries = async () =>
    (await readdir(journal()).catch(() => [])).filter((name) => /\.json$/.test(name));
  const before = new Set(await entries());
  await eventually('the entry of the upload', async () => {
    const isThere = (await entries()).some((name) => !before.has(name));
    return isThere || child.exitCode !== null ? true : undefined;
  });
};

/** A video of 90 MiB, whose upload takes its time: an MP4 may have any bytes behind its own. */
const largeVideo = async (): Promise<string> => {
  const path = join(folder, 'large.mp4');
  await copyFile(await clip('short.mp4'), path);
  const file = await open(path, 'a');
  await file.truncate(90 * MEBIBYTE);
  await file.close();
  return path;
};

describe('The session of the command line', () => {
  it('is kept in a file that only its user can read, and ends with a logout', async () => {
    const home = await temporaryFolder();
    const own = { env: { ...env, HOME: home } };
    const input = PASSWORD;
    expect(await run(['login', '--email', EMAIL, '--password-stdin', '-q'], { ...own, input })).toMatchObject(
      {
        code: 0,
        stderr: '',
      },
    );
    expect(await run(['whoami'], own)).toEqual({ code: 0, stdout: `${EMAIL}\n`, stderr: '' });
    const sessions = join(home, '.config/frame-flow/sessions');
    const [name = ''] = await readdir(sessions);
    expect((await stat(join(sessions, name))).mode & 0o777).toBe(0o600);
    expect((await stat(sessions)).mode & 0o777).toBe(0o700);
    const { tokens } = JSON.parse(await readFile(join(sessions, name), 'utf8'));
    const withToken = {
      env: { ...env, HOME: await temporaryFolder(), FRAME_FLOW_TOKEN: tokens.accessToken },
    };
    expect(await run(['whoami'], withToken)).toMatchObject({ code: 0, stdout: `${EMAIL}\n` });

    // What has expired is renewed; what cannot be renewed ends the session.
    const expired = { ...JSON.parse(await readFile(join(sessions, name), 'utf8')) };
    expired.tokens.expiresAt = 0;
    await writeFile(join(sessions, name), JSON.stringify(expired));
    expect(await run(['whoami'], own)).toMatchObject({ code: 0, stdout: `${EMAIL}\n` });
    expect(await run(['logout', '-q'], own)).toMatchObject({ code: 0, stderr: '' });
    expectFailure(await run(['whoami'], own), 3, /not logged in to .*Run `frame-flow login`/);
  });
});

describe('The command line says in one sentence', () => {
  it('that the password is wrong', async () => {
    const login = run(['login', '--email', EMAIL, '--password-stdin'], { input: 'not this one\n' });
    expectFailure(await login, 4, /email address or the password is wrong\. Check/);
  });

  it('that a token or a session has ended', async () => {
    const ended = { env: { ...env, FRAME_FLOW_TOKEN: 'expired' } };
    expectFailure(await run(['list'], ended), 3, /session with .* has ended\. Set FRAME_FLOW_TOKEN/);
    const home = await temporaryFolder();
    const own = { env: { ...env, HOME: home } };
    await run(['login', '--email', EMAIL, '--password-stdin'], { ...own, input: PASSWORD });
    const sessions = join(home, '.config/frame-flow/sessions');
    const [name = ''] = await readdir(sessions);
    const session = JSON.parse(await readFile(join(sessions, name), 'utf8'));
    session.tokens = { accessToken: 'a', refreshToken: 'b', expiresAt: 0 };
    await writeFile(join(sessions, name), JSON.stringify(session));
    expectFailure(await run(['list'], own), 3, /session with .* has ended\. Run `frame-flow login`/);
    expectFailure(await run(['list'], own), 3, /not logged in/);
  });

  it('that the service is away', async () => {
    const away = { env: { ...env, FRAME_FLOW_API: 'http://localhost:9', FRAME_FLOW_TOKEN: 'a' } };
    expectFailure(await run(['list'], away), 5, /localhost:9 cannot be reached\. .*npm start/);
    const file = await clip('short.mp4');
    expectFailure(await run(['cut', file], away), 5, /localhost:9 cannot be reached/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that the service is silent, and that another program answers', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/html/auth/me') response.end('<html>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address: AddressInfo | string | null = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const at = (path: string) => ({
      env: { ...env, FRAME_FLOW_API: `http://127.0.0.1:${port}${path}`, FRAME_FLOW_TOKEN: 'a' },
    });
    try {
      expectFailure(
        await run(['whoami', '--timeout', '200ms'], at('')),
        5,
        /did not answer in time\. Try again/,
      );
      expectFailure(await run(['whoami'], at('/html')), 5, /not JSON\. Check the address/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('that a file is damaged, too large, or no video', async () => {
    expectFailure(await run(['cut', await clip('cut-off.mp4'), '-q']), 1, /damaged.*Check the file/);
    const large = join(folder, 'large.mp4');
    await writeFile(large, '');
    const file = await open(large, 'r+');
    await file.truncate(101 * MEBIBYTE);
    await file.close();
    expectFailure(await run(['cut', large]), 4, /at most 104857600 bytes\. Cut or compress/);
    await writeFile(join(folder, 'notes.txt'), 'text');
    expectFailure(await run(['cut', 'notes.txt']), 4, /\.mp4, \.mov, \.mkv, \.avi\. Convert the video/);
    expectFailure(await run(['cut', 'none.mp4']), 1, /no such file.*none\.mp4/);
    expect(await readdir(folder)).toEqual(['large.mp4', 'notes.txt']);
  });

  it('that a value is none that the service takes', async () => {
    const file = await clip('short.mp4');
    expectFailure(await run(['cut', file, '--every', '500ms']), 2, /whole seconds from 1 to 3600/);
    expectFailure(await run(['list', '--api', 'somewhere']), 2, /not the address of a service/);
    expectFailure(await run(['status', 'x']), 4, /does not accept params\.id/);
  });

  it('that the disk is full', async () => {
    const disk = await mountSmallDisk(32);
    // Without the right to mount, the part of this test that remains is that of `extract`.
    if (!disk) return expect(spawnSync('id', ['-u']).stdout.toString().trim()).not.toBe('0');
    try {
      const cut = await run(['cut', await clip('h264.mp4'), '-q', '-o', join(disk.path, 'a.zip')]);
      expectFailure(cut, 1, /cannot be written: the disk is full\. Free some space/);
      expect(await readdir(disk.path)).toEqual([]);
    } finally {
      disk.remove();
    }
  });

  it('that it was interrupted, leaving nothing half-written', async () => {
    const video = join(folder, 'a.mp4');
    await copyFile(await clip('h264.mp4'), video);
    const interrupted = run(['cut', video], {
      onStart: (child) => void whenUploading(child).then(() => child.kill('SIGINT')),
    });
    expectFailure(await interrupted, 130, /interrupted\. Nothing half-written is left/);
    expect(await readdir(folder)).toEqual(['a.mp4']);
    expect((await run(['cut', video])).stdout).toBe('a-frames.zip\n');
  });
});
