import { availableParallelism } from 'node:os';
import type { CommandContext } from '../context.ts';
import { reportOf } from '../errors.ts';
import type { Outcome } from '../exit-codes.ts';
import { createEngine } from '../extract/engine.ts';
import { type ExtractedFile, extractFile } from '../extract/extract-file.ts';
import { openSource } from '../extract/source.ts';
import { count, formatBytes } from '../output/units.ts';
import { runJobs } from '../run-jobs.ts';
import { planTargets, requireFree, type Target } from '../write/targets.ts';

export interface ExtractOptions {
  /** Seconds of video between two frames. */
  every: number;
  output?: string;
  force?: boolean;
}

/** Videos at a time: fewer where there are fewer CPUs, since each one keeps the children of its engine busy. */
const FILES_TOGETHER = 2;

/** `frame-flow extract`: the frames of local files and addresses, without a service. */
export const extract = async (
  context: CommandContext,
  inputs: readonly string[],
  { every, output, force = false }: ExtractOptions,
): Promise<Outcome> => {
  const { terminal, signal } = context;
  const jobs = planTargets(inputs, output);
  const together = Math.min(FILES_TOGETHER, inputs.length);
  const engine = createEngine(Math.max(1, Math.floor(availableParallelism() / together)), ({ cause }) => {
    const reason = cause === 'not-started' ? 'does not start on this machine' : 'crashed';
    terminal.note(`The first engine ${reason}; the FFmpeg command line takes over.`);
  });
  const begin = { unit: 'frames', done: 0, total: 0, step: 'reading' } as const;
  return runJobs(context, jobs, { together, begin, reportOf }, async ({ input, target }, task) => {
    const startedAt = performance.now();
    await requireFree(target, force);
    const source = await openSource(input, signal);
    try {
      const onProgress = (done: number, total: number) => task.update({ done, total, step: 'extracting' });
      const options = { source, target, engine, intervalSeconds: every, signal, onProgress };
      const file = await extractFile(options);
      tellResult(context, input, target, file, (performance.now() - startedAt) / 1000);
    } finally {
      await source.close();
    }
  });
};

const tellResult = (
  { terminal }: CommandContext,
  input: string,
  { path }: Target,
  { manifest, sizeBytes }: ExtractedFile,
  seconds: number,
): void => {
  const { framesDelivered, engine, bytesRead, source, frames } = manifest;
  const substituted = frames.filter((frame) => frame.substituted).length;
  const rounded = Math.round(seconds * 1000) / 1000;
  terminal.result(
    {
      ...{
        file: input,
        output: path,
        frames: framesDelivered,
        substituted,
        sizeBytes,
        seconds: rounded,
        engine,
      },
      ...{
        bytesRead: bytesRead ?? null,
        sourceBytes: source.sizeBytes,
        sourceSeconds: source.durationSeconds,
      },
    },
    path,
  );
  const read =
    bytesRead === undefined ? '' : `, ${formatBytes(bytesRead)} of ${formatBytes(source.sizeBytes)} read`;
  terminal.note(`${input}: ${count(framesDelivered, 'frame')} in ${rounded.toFixed(2)} s${read}`);
  if (substituted > 0) {
    terminal.note(
      `${input}: ${count(substituted, 'frame')} could not be decoded; the next one stands in for each.`,
    );
  }
};
