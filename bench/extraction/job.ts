import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type ExtractionEngine,
  ExtractionError,
  FallbackEngine,
  FfmpegCliEngine,
  LibavEngine,
  type VideoSource,
} from '../../engine/index.ts';
import { MAX_FRAMES } from '../../functions/contracts/limits.ts';
import { fieldsBehindCommand, TICKS_PER_SECOND } from '../process-usage.ts';
import { STORAGE, shapedSource } from './shaped-source.ts';

/** One extraction. It runs in its own process, so that its cost can be measured separately. */
export interface JobOrder {
  /** `deployed`: libav with the command line as fallback. */
  engine: 'naive' | 'per-seek' | 'libav' | 'deployed';
  mode: 'local' | 'storage';
  /**
   * Whether our engine's job also computes the SHA-256 of the source for the manifest. It reads the whole source once,
   * concurrently with the extraction.
   */
  hashes: boolean;
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
  /** The peak of this process only. */
  peakRssBytes: number;
  /** The failure code, if the extraction failed. */
  code?: string;
}

const INTERVAL_SECONDS = 10;

const run = async (order: JobOrder): Promise<JobResult> => {
  const folder = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  const startedAt = performance.now();
  try {
    const isOurs = order.engine === 'libav' || order.engine === 'deployed';
    const { bytesRead, requests, code } = await (isOurs ? ours : commandLine)(order, folder);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const frames = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).length;
    const costs = { userSeconds: userSeconds(isOurs), wallSeconds, bytesRead, requests };
    const peakRssBytes = process.resourceUsage().maxRSS * 1024;
    return { ...costs, frames, peakRssBytes, ...(code !== undefined && { code }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Usage {
  bytesRead: number;
  requests: number;
  code?: string;
}

const ours = async (order: JobOrder, folder: string): Promise<Usage> => {
  const source = await shapedSource(order.path, order.mode === 'storage' ? STORAGE : undefined);
  const { signal } = new AbortController();
  const hash = order.hashes ? sha256(source, signal) : undefined;
  try {
    const extraction = await engineOf(order).open({
      ...{ source, intervalSeconds: INTERVAL_SECONDS, maxFrames: MAX_FRAMES, signal },
    });
    try {
      for await (const { index, jpeg } of extraction.frames())
        await writeFile(join(folder, `${index}.jpg`), jpeg);
    } finally {
      await extraction.close();
    }
    await hash;
    return extraction.usage?.() ?? { bytesRead: 0, requests: 0 };
  } catch (error) {
    if (!(error instanceof ExtractionError)) throw error;
    return { bytesRead: 0, requests: 0, code: error.code };
  }
};

const sha256 = async (source: VideoSource, signal: AbortSignal): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of source.stream(signal)) hash.update(chunk);
  return hash.digest('hex');
};

const engineOf = ({ engine, extractor, libavPath, ffmpeg }: JobOrder): ExtractionEngine => {
  const libav = new LibavEngine({ program: extractor, libavPath });
  if (engine === 'libav') return libav;
  const second = new FfmpegCliEngine({ binary: ffmpeg });
  return new FallbackEngine({ first: libav, second, onFallback: () => undefined });
};

/** The command line reads files, so the source is downloaded first. */
const commandLine = async (order: JobOrder, folder: string): Promise<Usage> => {
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

/** User CPU seconds of the ended children, and of this process if it is part of the engine. */
const userSeconds = (withOwn: boolean): number => {
  const fields = fieldsBehindCommand(readFileSync('/proc/self/stat', 'latin1'));
  const [own, children] = [Number(fields[11]), Number(fields[13])];
  return (children + (withOwn ? own : 0)) / TICKS_PER_SECOND;
};

const order: JobOrder = JSON.parse(process.argv[2] ?? '{}');
console.log(JSON.stringify(await run(order)));
process.exit(0);
