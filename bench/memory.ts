import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../local/log.ts';
import { startLocalStack } from '../local/stack.ts';
import { ApiClient } from '../test/support/api-client.ts';
import { type BenchClip, benchClip, SURVEILLANCE } from './extraction/clips.ts';
import { watchMemory } from './process-usage.ts';
import { median } from './statistics.ts';

/** One frame is taken of so many seconds. */
const INTERVAL_SECONDS = 10;
const ROUNDS = 3;

/**
 * `npm run bench -- memory`: the peak memory of a whole job on 1080p, as it is deployed: the function with its children,
 * from the event to the ZIP in storage, for 60 and for 2000 frames of the same film, in turn, each in a new sandbox.
 */
export const runMemoryBench = async (): Promise<void> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  // Else the larger job is the worker's.
  const lambdaLimits = { totalPixels: Number.MAX_SAFE_INTEGER };
  const stack = await startLocalStack({ stateDir, port: 0, storagePort: 0, log: silentLog, lambdaLimits });
  try {
    const api = await ApiClient.ofNewUser(stack.url);
    const extraction = stack.lambda('ProcessInboxHandler');
    const peaks = new Map<BenchClip, number[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const clip of SURVEILLANCE) {
        const { path } = await benchClip(clip);
        extraction.killSandboxes();
        const memory = watchMemory(() => extraction.pids);
        const id = await api.uploadFile(path);
        const { status } = await api.untilStatus(id, ['READY', 'FAILED'], 900);
        const peak = await memory.stop();
        if (status !== 'READY') throw new Error(`${clip.name} ended ${status}`);
        peaks.set(clip, [...(peaks.get(clip) ?? []), peak]);
      }
    }
    print(peaks);
  } finally {
    await stack.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
};

const print = (peaks: ReadonlyMap<BenchClip, readonly number[]>): void => {
  const [least = Number.NaN] = [...peaks.values()].map(median);
  console.table(
    [...peaks].map(([{ durationSeconds }, values]) => ({
      frames: durationSeconds / INTERVAL_SECONDS,
      'peak MB, median': Math.round(median(values) / 1e6),
      'peak MB, highest': Math.round(Math.max(...values) / 1e6),
      'median / the first': (median(values) / least).toFixed(3),
    })),
  );
};
