import { MultiBar } from 'cli-progress';
import type { OutputStream } from './output-stream.ts';
import { printable } from './printable.ts';
import type { Progress, ProgressBoard } from './progress.ts';
import { formatBytes, formatDuration } from './units.ts';

const REDRAWS_PER_SECOND = 10;
const BAR_COLUMNS = 20;
const MAX_NAME_COLUMNS = 24;
const FALLBACK_COLUMNS = 80;

/** Bars on a terminal, one line per task: name, bar, percent, speed, time left. */
export const createBars = (stream: OutputStream): ProgressBoard => {
  const bars = new MultiBar({
    stream,
    fps: REDRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are the command's business: it cleans up first.
    gracefulExit: false,
    emptyOnZero: true,
    format: (_options, _parameters, { line }: { line: () => string }) => line(),
  });
  return {
    task(name, initial) {
      const startedAt = performance.now();
      let progress = initial;
      let stepStartedAt = startedAt;
      const line = () => {
        const seconds = (performance.now() - stepStartedAt) / 1000;
        return describeProgress(name, progress, seconds, stream.columns ?? FALLBACK_COLUMNS);
      };
      const bar = bars.create(1, 0, { line });
      return {
        update(change) {
          if (change.step !== undefined && change.step !== progress.step) stepStartedAt = performance.now();
          progress = { ...progress, ...change };
          // Never "complete" for the library: the board takes the line away itself.
          bar.update(0);
        },
        end: () => void bars.remove(bar),
      };
    },
    log: (line) => void bars.log(`${line}\n`),
    end: () => bars.stop(),
  };
};

/** One line of the board, cut to the terminal's width. */
export const describeProgress = (
  name: string,
  { unit, done, total, step }: Progress,
  seconds: number,
  columns: number,
): string => {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.round(share * BAR_COLUMNS);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_COLUMNS - filled)}`;
  const rate = seconds > 0 ? done / seconds : 0;
  const speed = unit === 'bytes' ? `${formatBytes(rate)}/s` : `${rate.toFixed(1)} frames/s`;
  const left = rate > 0 ? `${formatDuration((total - done) / rate)} left` : '';
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const parts = total > 0 ? [bar, percent, done > 0 ? speed : '', left] : [];
  const text = [shorten(printable(name), MAX_NAME_COLUMNS), step, ...parts].filter((part) => part !== '');
  return [...text.join('  ')].slice(0, Math.max(1, columns - 1)).join('');
};

const shorten = (name: string, columns: number): string => {
  const characters = [...name];
  return characters.length <= columns ? name : `${characters.slice(0, columns - 1).join('')}…`;
};
