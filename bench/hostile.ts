import { REFUSED } from '../test/support/clips/refused.ts';
import { clip, FFMPEG_PATH } from '../test/support/clips.ts';
import { bundlePrograms, measure } from './extraction/measure.ts';

/**
 * `npm run bench -- hostile`: measures the time and memory until each invalid file is refused. It counts all processes
 * of the job and uses the deployed engines.
 */
export const runHostileBench = async (): Promise<void> => {
  const programs = await bundlePrograms();
  const table: Record<string, Record<string, string | number>> = {};
  for (const [name, expected] of REFUSED) {
    const order = { engine: 'deployed', mode: 'local', durationSeconds: 0, hashes: false } as const;
    const { code, wallSeconds, peakRssBytes } = await measure(programs, {
      ...{ ...order, ffmpeg: FFMPEG_PATH, path: await clip(name) },
    });
    table[name] = {
      code: code ?? 'none',
      expected,
      'wall s': wallSeconds.toFixed(2),
      'peak MB': Math.round(peakRssBytes / 1e6),
    };
  }
  console.table(table);
};
