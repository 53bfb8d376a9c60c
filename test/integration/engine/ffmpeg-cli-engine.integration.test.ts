import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FfmpegCliEngine } from '../../../engine/index.ts';
import { MAX_FRAMES } from '../../../functions/contracts/limits.ts';
import { clip } from '../../support/clips.ts';
import { cliEngine, fileSource } from '../../support/extraction.ts';
import { describeExtraction } from '../../support/extraction-suite.ts';

describeExtraction('FfmpegCliEngine', cliEngine);

describe('FfmpegCliEngine', () => {
  it('refuses a source with more or fewer bytes than declared', async () => {
    const source = await fileSource(await clip('short.mp4'));
    const engine = cliEngine();
    for (const sizeBytes of [source.sizeBytes - 1, source.sizeBytes + 1]) {
      const changed = { ...source, sizeBytes };
      const signal = new AbortController().signal;
      await expect(
        engine.open({ source: changed, intervalSeconds: 10, maxFrames: MAX_FRAMES, signal }),
      ).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
    }
  });

  it('reports a binary that cannot be run as a crash', async () => {
    const source = await fileSource(await clip('short.mp4'));
    const engine = new FfmpegCliEngine({ binary: join('/nowhere', 'ffmpeg') });
    const signal = new AbortController().signal;
    await expect(
      engine.open({ source, intervalSeconds: 10, maxFrames: MAX_FRAMES, signal }),
    ).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  });
});
