import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { clip } from '../../support/clips.ts';
import { extractorPids, libavEngine, openFile } from '../../support/extraction.ts';

const residentMegabytes = async (pid: number): Promise<number> => {
  const statm = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '0 0');
  return (Number(statm.split(' ')[1]) * 4096) / 1e6;
};

/** The peak memory of all children together, measured once per `every` frames. */
const peakOf = async (
  intervalSeconds: number,
  every: number,
): Promise<{ frames: number; megabytes: number }> => {
  const extraction = await openFile(libavEngine(), await clip('many-frames.mp4'), intervalSeconds);
  let [frames, megabytes] = [0, 0];
  for await (const { index } of extraction.frames()) {
    frames += 1;
    if (index % every !== every - 1) continue;
    const sizes = await Promise.all((await extractorPids()).map(residentMegabytes));
    megabytes = Math.max(
      megabytes,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }
  await extraction.close();
  return { frames, megabytes };
};

describe('LibavEngine, memory', () => {
  it('does not grow with the number of frames', async () => {
    const few = await peakOf(34, 5);
    const many = await peakOf(1, 170);
    expect([few.frames, many.frames]).toEqual([60, 2040]);
    expect(many.megabytes).toBeLessThan(few.megabytes * 1.1);
    expect(many.megabytes).toBeLessThan(500);
  }, 300_000);
});
