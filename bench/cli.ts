import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCH_CLIPS, benchClip, FFMPEG_PATH } from './extraction/clips.ts';
import { fieldsBehindCommand, TICKS_PER_SECOND } from './process-usage.ts';
import { median } from './statistics.ts';

/** A long clip and one with many keyframes. */
const CLIPS = ['h264-720p-long-gop.mp4', 'h264-1080p-short-gop.mov'];
const COMMAND_LINE = join(import.meta.dirname, '../cli/frame-flow.js');
const DEFAULT_RUNS = 5;

/** One process, from its start to its end. */
interface Cost {
  wallSeconds: number;
  /** User time of the process and of all its children. */
  userSeconds: number;
}

/**
 * `npm run bench -- cli [--runs N] [--file PATH]…`: whole processes, `frame-flow extract` against `ffmpeg -vf fps=1/10`, one
 * after the other and in turns. Each figure is the median of its runs.
 */
export const runCliBench = async (args: readonly string[]): Promise<void> => {
  const options = { runs: { type: 'string' }, file: { type: 'string', multiple: true } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const runs = Number(values.runs ?? DEFAULT_RUNS);
  const made = BENCH_CLIPS.filter(({ name }) => CLIPS.includes(name)).map((clip) => benchClip(clip));
  const files = values.file ?? (await Promise.all(made)).map(({ path }) => path);
  console.error(`${availableParallelism()} CPUs, Node ${process.version}, ${runs} runs each`);
  const rows: Record<string, string>[] = [];
  for (const path of files) rows.push(await compare(path, runs));
  console.table(rows);
};

const compare = async (path: string, runs: number): Promise<Record<string, string>> => {
  const [ours, theirs]: [Cost[], Cost[]] = [[], []];
  const folder = await mkdtemp(join(tmpdir(), 'frame-flow-bench-'));
  try {
    for (let run = 0; run <= runs; run += 1) {
      const zip = join(folder, `${run}.zip`);
      const frames = join(folder, `${run}-%05d.jpg`);
      const cost = await costOf(process.execPath, [COMMAND_LINE, 'extract', path, '-o', zip, '--quiet']);
      const quiet = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'];
      const naive = await costOf(FFMPEG_PATH, [...quiet, '-i', path, '-vf', 'fps=1/10', '-q:v', '2', frames]);
      // The first run fills caches: the file's, and those of compiled code.
      if (run > 0) {
        ours.push(cost);
        theirs.push(naive);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { size } = await stat(path);
  const figure = (costs: readonly Cost[], key: keyof Cost) => median(costs.map((cost) => cost[key]));
  const ratio = (key: keyof Cost) => (figure(theirs, key) / figure(ours, key)).toFixed(1);
  return {
    file: basename(path),
    MB: (size / 1e6).toFixed(1),
    'frame-flow wall s': figure(ours, 'wallSeconds').toFixed(2),
    'ffmpeg wall s': figure(theirs, 'wallSeconds').toFixed(2),
    'wall ratio': ratio('wallSeconds'),
    'frame-flow user s': figure(ours, 'userSeconds').toFixed(2),
    'ffmpeg user s': figure(theirs, 'userSeconds').toFixed(2),
    'user ratio': ratio('userSeconds'),
  };
};

/** @throws Error where the process fails. */
const costOf = async (program: string, args: readonly string[]): Promise<Cost> => {
  const before = childrenUserSeconds();
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  const wallSeconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}`);
  return { wallSeconds, userSeconds: childrenUserSeconds() - before };
};

/** `cutime` of proc(5): of the children that have ended, and of theirs. */
const childrenUserSeconds = (): number =>
  Number(fieldsBehindCommand(readFileSync('/proc/self/stat', 'latin1'))[13]) / TICKS_PER_SECOND;
