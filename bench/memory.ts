import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../local/log.ts';
import { startDevStack } from '../local/stack.ts';
import { ApiUser } from '../test/support/api-user.ts';
import { benchClip, SURVEILLANCE } from './extraction/clips.ts';
import { watchMemory } from './process-usage.ts';
import { median } from './statistics.ts';

/** Seconds between two frames. */
const INTERVALS = [335, 10];
const ROUNDS = 3;

/**
 * `npm run bench -- memory`: measures the peak memory of a whole 1080p job, as deployed: the function and its children,
 * from the event to the ZIP in storage. It alternates between 60 and 2,000 frames of the same video, each time in a new
 * sandbox.
 */
export const runMemoryBench = async (): Promise<void> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  // Without this limit the worker would do the larger job.
  const lambdaLimits = { totalPixels: Number.MAX_SAFE_INTEGER };
  const stack = await startDevStack({ stateDir, port: 0, storagePort: 0, log: silentLog, lambdaLimits });
  try {
    const api = await ApiUser.register(stack.url);
    const extraction = stack.lambda('ProcessInboxHandler');
    const { path } = await benchClip(SURVEILLANCE);
    const peaks = new Map<number, number[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const intervalSeconds of INTERVALS) {
        extraction.killSandboxes();
        const memory = watchMemory(() => extraction.pids);
        const id = await api.uploadFile(path, { intervalSeconds });
        const { status } = await api.untilStatus(id, ['READY', 'FAILED'], 900);
        const peak = await memory.stop();
        if (status !== 'READY') throw new Error(`The job ended ${status}`);
        const frames = Math.ceil(SURVEILLANCE.durationSeconds / intervalSeconds);
        peaks.set(frames, [...(peaks.get(frames) ?? []), peak]);
      }
    }
    print(peaks);
  } finally {
    await stack.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
};

const print = (peaks: ReadonlyMap<number, readonly number[]>): void => {
  const [least = Number.NaN] = [...peaks.values()].map(median);
  console.table(
    [...peaks].map(([frames, values]) => ({
      frames,
      'peak MB, median': Math.round(median(values) / 1e6),
      'peak MB, highest': Math.round(Math.max(...values) / 1e6),
      'median / the first': (median(values) / least).toFixed(3),
    })),
  );
};
