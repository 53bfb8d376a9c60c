import { readFile } from 'node:fs/promises';
import { type ExtractionEngine, ExtractionError, type VideoSource } from '../../engine/index.ts';
import { FailureCode } from '../../functions/contracts/failures.ts';
import { type ClipName, clip } from './clips.ts';
import { MUTATIONS, seeded } from './mutations.ts';

/** Small clips of every container, with and without B-frames, edits and index. */
const SEEDS: readonly ClipName[] = [
  'short.mp4',
  'one-frame.mp4',
  'rotated.mp4',
  'edit-list.mp4',
  'fragmented.mp4',
  'hevc.mov',
  'vp9.mkv',
  'variable-rate.mkv',
  'live.mkv',
  'slides.mkv',
  'mpeg4-b-frames.avi',
  'no-index.avi',
  'mjpeg.avi',
];

/** A file in memory as a video source. */
export const memorySource = (bytes: Buffer): VideoSource => ({
  ...{ name: 'mutation', etag: '"mutation"', sizeBytes: bytes.length },
  read: async ({ offset, length }) => bytes.subarray(offset, offset + length),
  stream: async function* () {
    yield bytes;
  },
});

export interface FuzzReport {
  /** The count of each outcome: a failure's code, or `frames`. */
  outcomes: Record<string, number>;
  /** Forbidden outcomes, each with the kind and number of the mutation that reproduces it. */
  offences: string[];
}

/** Maximum duration of one extraction of these small files, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Damages files in `count` ways that the seed determines, and extracts each with an engine. No extraction may hang, end
 * this process, fail without a code, or give other frames than announced.
 */
export const fuzz = async (engine: ExtractionEngine, seed: number, count: number): Promise<FuzzReport> => {
  const files = await Promise.all(SEEDS.map(async (name) => readFile(await clip(name))));
  const kinds = Object.entries(MUTATIONS);
  const report: FuzzReport = { outcomes: {}, offences: [] };
  for (let number = 0; number < count; number += 1) {
    const random = seeded(seed * 1_000_003 + number);
    for (let warmUp = 0; warmUp < 4; warmUp += 1) random();
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
    const [kind, mutate] = pick(kinds) ?? [];
    const [file, other] = [pick(files), pick(files)];
    if (!mutate || !file || !other) throw new Error('Nothing to mutate');
    const outcome = await tryExtract(engine, mutate(file, other, random));
    report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
    const known = outcome === 'frames' || FailureCode.safeParse(outcome).success;
    if (!known || outcome === 'INTERNAL' || outcome === 'PROCESSING_TIMEOUT') {
      report.offences.push(`${outcome}: mutation ${number} of seed ${seed}, ${kind}`);
    }
  }
  return report;
};

const tryExtract = async (engine: ExtractionEngine, bytes: Buffer): Promise<string> => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new ExtractionError('PROCESSING_TIMEOUT')), PATIENCE);
  try {
    const extraction = await engine.open({
      ...{ source: memorySource(bytes), intervalSeconds: 10, maxFrames: 500, signal: controller.signal },
    });
    try {
      let frames = 0;
      for await (const { index, jpeg } of extraction.frames()) {
        if (index !== frames || jpeg[0] !== 0xff || jpeg[1] !== 0xd8)
          return `frame ${index} in place ${frames}`;
        frames += 1;
      }
      const { framesExpected } = extraction.summary;
      return frames === framesExpected ? 'frames' : `${frames} frames of ${framesExpected}`;
    } finally {
      await extraction.close();
    }
  } catch (error) {
    return error instanceof ExtractionError ? error.code : `no code: ${String(error)}`;
  } finally {
    clearTimeout(timer);
  }
};
