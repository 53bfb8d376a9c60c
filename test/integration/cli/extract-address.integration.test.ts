import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { expectFailure, frameFlow, temporaryFolder } from '../../support/command-line.ts';
import { serveVideo, type VideoServer, type VideoServerOptions } from '../../support/video-server.ts';
import { readFramesZip } from '../../support/zip.ts';

let folder: string;
let server: VideoServer;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => server.close());

const start = async (options?: VideoServerOptions) => {
  server = await serveVideo(await clip('three-minutes.mp4'), options);
};
const extract = (path: string) => frameFlow(['extract', `${server.url}${path}`, '-q'], { cwd: folder });

describe('`frame-flow extract` of an address', () => {
  it('reads the parts that it needs, also behind a redirect, and names no SHA-256 of the source', async () => {
    await start();
    expect(await extract('/moved/a%20talk.mp4')).toEqual({
      code: 0,
      stdout: 'a talk-frames.zip\n',
      stderr: '',
    });
    const { manifest, frames } = await readFramesZip(await readFile(join(folder, 'a talk-frames.zip')));
    expect(frames).toHaveLength(19);
    expect(manifest.source).toMatchObject({ fileName: 'a talk.mp4', sizeBytes: server.sizeBytes });
    expect(Object.keys(manifest.source)).not.toContain('sha256');
    // One byte more is read to learn the size; no byte is fetched twice.
    expect(server.sentBytes()).toBeLessThanOrEqual(server.sizeBytes + 1);
    expect(manifest.bytesRead).toBe(server.sentBytes() - 1);
  });

  it('fails where the file is replaced while it is read', async () => {
    await start({ replacedFromRequest: 3 });
    expectFailure(await extract('/video.mp4'), 1, /replaced while it was read\. Run the command again/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails where the server sends no parts, or has no such file', async () => {
    await start({ ranges: false });
    expectFailure(await extract('/video.mp4'), 1, /does not send parts of files\. Download the file/);
    expectFailure(await extract('/none.mp4'), 1, /answered 404\. Check that the address/);
  });

  it('fails where the server cannot be reached', async () => {
    await start();
    server.close();
    expectFailure(await extract('/video.mp4'), 5, /cannot be reached .*Check the address/);
  });
});
