import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockCache } from '../../../../engine/libav/block-cache.ts';
import { ExtractorPool } from '../../../../engine/libav/extractor-pool.ts';
import { memorySource } from '../../../support/fuzzing.ts';

const PROGRAM = fileURLToPath(new URL('../../../support/planning-child.ts', import.meta.url));
const MAX_FRAMES = 3;

let pool: ExtractorPool | undefined;
afterEach(() => pool?.close());

/** Inspects a video with a child that plans so many frames. */
const inspect = (planned: number) => {
  const { signal } = new AbortController();
  const cache = new BlockCache(memorySource(Buffer.alloc(16)), signal);
  pool = new ExtractorPool({ program: PROGRAM, libavPath: undefined, cache, signal });
  return pool.inspect(
    { container: 'mp4', sizeBytes: 16, mediaData: [] },
    { intervalSeconds: planned, maxFrames: MAX_FRAMES },
  );
};

describe('The plan of a child', () => {
  it.each([0, MAX_FRAMES + 1])('is refused with ENGINE_CRASHED where it has %d frames', async (planned) => {
    await expect(inspect(planned)).rejects.toMatchObject({
      code: 'ENGINE_CRASHED',
      message: `The extractor planned ${planned} frames`,
    });
  });

  it.each([1, MAX_FRAMES])('is accepted where it has %d frames', async (planned) => {
    expect((await inspect(planned)).plan.frames).toHaveLength(planned);
  });
});
