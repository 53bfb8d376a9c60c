import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ApiUser } from '../support/api-user.ts';
import { type ClipName, clip } from '../support/clips.ts';
import { oracleFrames, psnrOfBytesDb } from '../support/oracle.ts';
import { readFramesZip, sha256 } from '../support/zip.ts';

/** Two pictures of one moment of a lossy video, one of them a JPEG, are at least this alike. */
const SAME_PICTURE_DB = 35;

describe('a video becomes a ZIP of its frames', () => {
  let api: ApiUser;
  beforeAll(async () => {
    api = await ApiUser.register(inject('stack').url);
  });

  const clips: [ClipName, number][] = [
    ['h264.mp4', 4],
    ['h264.mkv', 4],
    ['vp9.mkv', 4],
    ['mpeg4.avi', 4],
    ['hevc.mov', 4],
    ['index-at-end.mov', 4],
    ['short.mp4', 1],
    ['ntsc.mp4', 4],
  ];

  it.concurrent.each(clips)(
    '%s gives %i frames, each the right picture at the right time',
    async (name, count) => {
      const path = await clip(name);
      const id = await api.uploadFile(path);
      const video = await api.untilOver(id);
      expect(video).toMatchObject({ status: 'READY', frames: count });

      const receipt = await api.client.getDownload({ id });
      const zip = Buffer.from(await (await fetch(receipt.url)).arrayBuffer());
      expect({ sizeBytes: zip.length, sha256: sha256(zip) }).toEqual({
        sizeBytes: receipt.sizeBytes,
        sha256: receipt.sha256,
      });

      const { manifest, frames } = await readFramesZip(zip);
      // The bundles found libav: nothing fell back unnoticed.
      expect(manifest.engine).toBe('libav');
      expect(manifest).toMatchObject({
        framesExpected: count,
        framesDelivered: count,
        videoId: id,
        source: { fileName: name },
      });
      expect(frames.every((frame) => frame.stored)).toBe(true);

      const oracle = await oracleFrames(path, 10);
      try {
        expect(manifest.frames.map((frame) => frame.timeSeconds.toFixed(3))).toEqual(
          oracle.frames.map((frame) => frame.timeSeconds.toFixed(3)),
        );
        for (const [index, frame] of frames.entries()) {
          const truth = oracle.frames[index];
          if (!truth) throw new Error(`the oracle has no frame ${index}`);
          expect(await psnrOfBytesDb(frame.bytes, truth.pngPath), frame.name).toBeGreaterThanOrEqual(
            SAME_PICTURE_DB,
          );
        }
      } finally {
        await oracle.remove();
      }
    },
  );

  it('offers the single frames too, the same bytes as in the ZIP', async () => {
    const id = await api.uploadFile(await clip('h264.mp4'));
    await api.untilStatus(id, ['READY']);
    const { items, nextCursor } = await api.client.listFrames({ id });
    expect(nextCursor).toBeNull();
    expect(items.map((frame) => [frame.index, frame.timeSeconds, frame.width, frame.height])).toEqual([
      [0, 0, 320, 240],
      [1, 10, 320, 240],
      [2, 20, 320, 240],
      [3, 30, 320, 240],
    ]);
    const zip = Buffer.from(await (await fetch((await api.client.getDownload({ id })).url)).arrayBuffer());
    const { manifest } = await readFramesZip(zip);
    const bytes = await Promise.all(
      items.map(async (frame) => new Uint8Array(await (await fetch(frame.url)).arrayBuffer())),
    );
    expect(bytes.map(sha256)).toEqual(manifest.frames.map((frame) => frame.sha256));
  });

  it('cuts at the interval that was asked for', async () => {
    const id = await api.uploadFile(await clip('h264.mp4'), { intervalSeconds: 5 });
    expect(await api.untilOver(id)).toMatchObject({ status: 'READY', frames: 7 });
  });

  it('names the download after the video', async () => {
    const id = await api.uploadFile(await clip('short.mp4'), { fileName: '../"Ferien" 🏖.mp4' });
    await api.untilStatus(id, ['READY']);
    const redirect = await api.call('GET', `/videos/${id}/download`);
    expect(redirect.status).toBe(302);
    const zip = await fetch(redirect.headers.get('location') ?? '');
    expect(zip.status).toBe(200);
    const disposition = zip.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(/^attachment; /);
    expect(disposition).toContain(`filename*=UTF-8''`);
    expect(disposition).not.toMatch(/[\r\n/]/);
  });
});
