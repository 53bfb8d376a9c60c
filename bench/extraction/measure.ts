import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { watchMemory } from '../process-usage.ts';
import { CACHE } from './clips.ts';
import type { JobOrder, JobResult } from './job.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** The measured programs, bundled as for deployment. */
export interface Programs {
  job: string;
  extractor: string;
  libavPath: string;
}

export const bundlePrograms = async (): Promise<Programs> => {
  const outdir = join(CACHE, 'programs');
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: {
      job: join(REPOSITORY, 'bench/extraction/job.ts'),
      extractor: join(REPOSITORY, 'engine/libav/child/extractor.task.ts'),
    },
    ...{ outdir, outExtension: { '.js': '.mjs' }, bundle: true, minify: true, keepNames: true },
    ...{ platform: 'node', format: 'esm', target: 'node24', logLevel: 'error' },
  });
  return {
    job: join(outdir, 'job.mjs'),
    extractor: join(outdir, 'extractor.mjs'),
    libavPath: join(REPOSITORY, 'node_modules'),
  };
};

/** Runs a job in its own process and records the peak memory of that process and its descendants. */
export const measure = async (
  programs: Programs,
  order: Omit<JobOrder, 'extractor' | 'libavPath'>,
): Promise<JobResult> => {
  const { extractor, libavPath } = programs;
  const child = spawn(process.execPath, [programs.job, JSON.stringify({ ...order, extractor, libavPath })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const memory = watchMemory(() => [child.pid ?? 0]);
  const [code] = await once(child, 'close');
  const sampledBytes = await memory.stop();
  if (code !== 0) throw new Error(`The job ended with ${code}`);
  const result: JobResult = JSON.parse(output);
  // The process's own account also covers peaks between two samples.
  return { ...result, peakRssBytes: Math.max(sampledBytes, result.peakRssBytes) };
};
