import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CACHE } from './clips.ts';
import type { JobOrder, JobResult } from './job.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const SAMPLE_MILLISECONDS = 40;
const PAGE_BYTES = 4096;

/** The programs that are measured, bundled as they are deployed. */
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
      extractor: join(REPOSITORY, 'functions/process/extractor.task.ts'),
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

/** Runs a job in a process of its own and watches the memory of that and of all that it starts. */
export const measure = async (
  programs: Programs,
  order: Omit<JobOrder, 'extractor' | 'libavPath'>,
): Promise<JobResult & { peakRssBytes: number }> => {
  const { extractor, libavPath } = programs;
  const child = spawn(process.execPath, [programs.job, JSON.stringify({ ...order, extractor, libavPath })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let peakRssBytes = 0;
  let sampling = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(async () => {
      peakRssBytes = Math.max(peakRssBytes, await residentBytes(child.pid ?? 0));
    });
  }, SAMPLE_MILLISECONDS);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  await sampling;
  if (code !== 0) throw new Error(`The job ended with ${code}`);
  const result: JobResult = JSON.parse(output);
  return { ...result, peakRssBytes };
};

/** Of a process and all its descendants; pages that they share count for each. */
const residentBytes = async (root: number): Promise<number> => {
  const processes = new Map<number, { parent: number; bytes: number }>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    processes.set(Number(name), { parent: Number(fields[1]), bytes: Number(fields[21]) * PAGE_BYTES });
  }
  let sum = 0;
  for (const [pid, { bytes }] of processes) {
    for (let ancestor: number | undefined = pid; ancestor; ancestor = processes.get(ancestor)?.parent) {
      if (ancestor !== root) continue;
      sum += bytes || 0;
      break;
    }
  }
  return sum;
};
