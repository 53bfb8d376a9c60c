import { expect, test } from 'vitest';
import { type ClipName, clip } from '../support/clips.ts';
import { readFramesZip, sha256 } from '../support/zip.ts';
import type { Stage } from './stage.ts';

/** The steps of the walkthrough in docs/api.md, through MiniStack's API Gateway, with a video for the function and one for the worker. */
export const testWalkthrough = (stage: () => Stage): void => {
  const videos: [ClipName, number, string][] = [
    ['short.mp4', 1, 'lambda'],
    ['h264.mp4', 4, 'fargate'],
  ];

  test.each(videos)(
    '%s becomes READY and a ZIP of %i frames, extracted by %s',
    async (name, count, target) => {
      const { user } = stage();
      const id = await user.uploadFile(await clip(name));
      expect(await user.untilOver(id)).toMatchObject({ status: 'READY', frames: count });
      const { items: story } = await user.client.getTimeline({ id });
      expect(story.flatMap((entry) => entry.target ?? [])).toContain(target);

      const receipt = await user.client.getDownload({ id });
      const zip = Buffer.from(await (await fetch(receipt.url)).arrayBuffer());
      expect({ sizeBytes: zip.length, sha256: sha256(zip) }).toEqual({
        sizeBytes: receipt.sizeBytes,
        sha256: receipt.sha256,
      });
      const { manifest, frames } = await readFramesZip(zip);
      expect(manifest).toMatchObject({
        ...{ videoId: id, framesExpected: count, framesDelivered: count, engine: 'libav' },
        source: { fileName: name },
      });
      expect(manifest.frames.map(({ timeSeconds }) => Math.floor(timeSeconds / 10))).toEqual([
        ...Array(count).keys(),
      ]);
      // Every frame is a JPEG.
      expect(frames.map(({ bytes }) => bytes.subarray(0, 3).toString('hex'))).toEqual(
        Array(count).fill('ffd8ff'),
      );

      const { items } = await user.client.listFrames({ id });
      expect(items).toHaveLength(count);
      for (const [index, { url }] of items.entries()) {
        const frame = Buffer.from(await (await fetch(url)).arrayBuffer());
        expect(sha256(frame)).toBe(manifest.frames[index]?.sha256);
      }
    },
  );
};
