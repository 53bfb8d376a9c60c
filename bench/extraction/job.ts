import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LibavEngine } from '../../functions/process/adapters/libav/libav-engine.ts';
import { STORAGE, shapedSource } from './shaped-source.ts';

/** One extraction, alone in its process, so that its cost can be told from everything else's. */
export interface JobOrder {
  engine: 'naive' | 'per-seek' | 'libav';
  mode: 'local' | 'storage';
  path: string;
  durationSeconds: number;
  ffmpeg: string;
  extractor: string;
  libavPath: string;
}

export interface JobResult {
  userSeconds: number;
  wallSeconds: number;
  bytesRead: number;
  requests: number;
  frames: number;
}

const INTERVAL_SECONDS = 10;
const TICKS_PER_SECOND = 100;

const run = async (order: JobOrder): Promise<JobResult> => {
  const folder = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  const startedAt = performance.now();
  try {
    const { bytesRead, requests } = await (order.engine === 'libav' ? libav : commandLine)(order, folder);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const frames = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).length;
    return { userSeconds: userSeconds(order.engine === 'libav'), wallSeconds, bytesRead, requests, frames };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const libav = async ({ path, mode, extractor, libavPath }: JobOrder, folder: string) => {
  const source = await shapedSource(path, mode === 'storage' ? STORAGE : undefined);
  const engine = new LibavEngine({ program: extractor, libavPath });
  const extraction = await engine.open({
    ...{ source, intervalSeconds: INTERVAL_SECONDS, maxFrames: 10_000, signal: new AbortController().signal },
  });
  for await (const { index, jpeg } of extraction.frames())
    await writeFile(join(folder, `${index}.jpg`), jpeg);
  await extraction.close();
  return extraction.usage();
};

/** Everything is downloaded first: the command line reads files. */
const commandLine = async (order: JobOrder, folder: string) => {
  const { path, mode, engine, ffmpeg, durationSeconds } = order;
  const source = await shapedSource(path, STORAGE);
  let input = path;
  if (mode === 'storage') {
    input = join(folder, 'source');
    await pipeline(source.stream(new AbortController().signal), createWriteStream(input));
  }
  const quiet = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'];
  if (engine === 'naive') {
    await wait(ffmpeg, [...quiet, '-i', input, '-vf', 'fps=1/10', '-q:v', '2', join(folder, '%05d.jpg')]);
  } else {
    for (let seconds = 0; seconds < durationSeconds; seconds += INTERVAL_SECONDS) {
      const target = join(folder, `${seconds}.jpg`);
      await wait(ffmpeg, [
        ...[...quiet, '-ss', String(seconds), '-i', input, '-frames:v', '1', '-q:v', '2', target],
      ]);
    }
  }
  return { bytesRead: source.sizeBytes, requests: 1 };
};

const wait = (command: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
      .once('error', reject)
      .once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });

/** Of the children that have ended, and of this process where it is part of the engine. */
const userSeconds = (withOwn: boolean): number => {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [own, children] = [Number(fields[11]), Number(fields[13])];
  return (children + (withOwn ? own : 0)) / TICKS_PER_SECOND;
};

const order: JobOrder = JSON.parse(process.argv[2] ?? '{}');
console.log(JSON.stringify(await run(order)));
process.exit(0);
