import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { clip } from '../../test/support/clips.ts';
import { type Shot, svgOf } from './svg.ts';

/**
 * `npm run recording`: runs `frame-flow extract` in a terminal and writes what the terminal shows, moment by moment, to
 * docs/images/extract.svg. Needs the command `script` (util-linux), which gives a program a terminal.
 */

const ROOT = join(import.meta.dirname, '../..');
const COLUMNS = 84;
const ROWS = 10;
const TARGET = join(ROOT, 'docs/images/extract.svg');
/** Moments closer to each other than this are one picture. */
const SHOT_MILLISECONDS = 80;
/** How long a reader looks at a command before it runs, and at the end, in milliseconds. */
const PAUSES = { typed: 700, done: 1_200, end: 3_000 };

const COMMANDS = [
  'npx frame-flow extract holiday.mp4 --every 0.5s',
  'npx frame-flow extract holiday.mp4 -o frames',
  'ls frames | head -2',
];

const folder = await mkdtemp(join(tmpdir(), 'frame-flow-recording-'));
const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const shots: Shot[] = [];
let clock = 0;

const write = (text: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => terminal.write(text, resolve));

const lines = (): string[] => {
  const { active } = terminal.buffer;
  return Array.from(
    { length: ROWS },
    (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
  );
};

const take = (): void => {
  const shown = lines();
  const last = shots.at(-1);
  if (last?.lines.join('\n') === shown.join('\n')) return;
  if (last && clock - last.atMilliseconds < SHOT_MILLISECONDS) shots.pop();
  shots.push({
    atMilliseconds: last && clock - last.atMilliseconds < SHOT_MILLISECONDS ? last.atMilliseconds : clock,
    lines: shown,
  });
};

/** Runs a command in a terminal of its own, as a reader would in this repository. */
const run = async (command: string): Promise<void> => {
  await write(`$ ${command}\r\n`);
  take();
  clock += PAUSES.typed;
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TERM: 'xterm-256color' };
  const script = `stty cols ${COLUMNS} rows ${ROWS}; ${command}`;
  const child = spawn('script', ['-qefc', script, '/dev/null'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [startedAt, clockBefore] = [performance.now(), clock];
  for await (const chunk of child.stdout) {
    clock = clockBefore + performance.now() - startedAt;
    await write(chunk);
    take();
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}`);
  clock = clockBefore + performance.now() - startedAt;
  take();
  clock += PAUSES.done;
};

try {
  await copyFile(await clip('three-minutes.mp4'), join(folder, 'holiday.mp4'));
  await mkdir(join(folder, 'bin'));
  const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(ROOT, 'cli/frame-flow.js')}" "$@"\n`;
  await writeFile(join(folder, 'bin/npx'), npx, { mode: 0o755 });
  for (const command of COMMANDS) await run(command);
  await write('$ ');
  take();
  await mkdir(join(TARGET, '..'), { recursive: true });
  await writeFile(
    TARGET,
    svgOf(shots, { columns: COLUMNS, rows: ROWS, totalMilliseconds: clock + PAUSES.end }),
  );
  console.log(TARGET);
} finally {
  await rm(folder, { recursive: true, force: true });
}
