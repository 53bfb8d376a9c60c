import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { BENCH_CLIPS, type BenchClip, benchClip, FFMPEG_PATH } from './extraction/clips.ts';
import { bundlePrograms, measure } from './extraction/measure.ts';

const ENGINES = ['naive', 'per-seek', 'libav'] as const;
const MODES = ['local', 'storage'] as const;

/** One measurement, as `--json` writes it. */
interface Row {
  clip: string;
  gopSeconds: number;
  engine: (typeof ENGINES)[number];
  mode: (typeof MODES)[number];
  userSeconds: number;
  wallSeconds: number;
  bytesRead: number;
  fileBytes: number;
  requests: number;
  peakRssBytes: number;
  frames: number;
}

/**
 * `npm run bench -- extraction [--json FILE] [--clip NAME]… [--mode local|storage] [--engine …] [--hash]`: measures the
 * extraction of one frame per 10 seconds, for each clip and engine.
 *
 * Mode `storage` simulates storage with 20 ms per request and 80 MB/s. The command line reads files, so it downloads
 * the clip first. `--hash` also computes the SHA-256 of the source for the manifest in our engine's job. The figures
 * for bytes and requests do not count this read.
 */
export const runExtractionBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      clip: { type: 'string', multiple: true },
      mode: { type: 'string' },
      engine: { type: 'string' },
      hash: { type: 'boolean', default: false },
    },
  });
  const programs = await bundlePrograms();
  const rows: Row[] = [];
  for (const clip of BENCH_CLIPS.filter(({ name }) => values.clip?.includes(name) ?? true)) {
    console.error(`${clip.name}: ${clip.description}`);
    const { path, sizeBytes: fileBytes } = await benchClip(clip);
    const { name, gopSeconds, durationSeconds } = clip;
    for (const mode of MODES.filter((each) => each === (values.mode ?? each))) {
      for (const engine of ENGINES.filter((each) => each === (values.engine ?? each))) {
        const result = await measure(programs, {
          ...{ engine, mode, path, durationSeconds, hashes: values.hash, ffmpeg: FFMPEG_PATH },
        });
        rows.push({ clip: name, gopSeconds, engine, mode, fileBytes, ...result });
      }
    }
    printTable(clip, rows);
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify({ rows }, null, 2)}\n`);
};

const printTable = ({ name }: BenchClip, rows: readonly Row[]): void => {
  const table = rows
    .filter(({ clip }) => clip === name)
    .map((row) => {
      const naive = rows.find(
        ({ clip, mode, engine }) => clip === row.clip && mode === row.mode && engine === 'naive',
      );
      return {
        mode: row.mode,
        engine: row.engine,
        'user s': row.userSeconds.toFixed(2),
        'wall s': row.wallSeconds.toFixed(2),
        'read %': ((row.bytesRead / row.fileBytes) * 100).toFixed(1),
        requests: row.requests,
        'peak MB': Math.round(row.peakRssBytes / 1e6),
        frames: row.frames,
        'user, naive / this': ((naive?.userSeconds ?? 0) / row.userSeconds).toFixed(1),
        'wall, naive / this': ((naive?.wallSeconds ?? 0) / row.wallSeconds).toFixed(1),
      };
    });
  console.table(table);
};
