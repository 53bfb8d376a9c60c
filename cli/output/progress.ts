/** Which quantity a task counts: how its speed is written. */
export type ProgressUnit = 'frames' | 'bytes';

/** How far one task is. */
export interface Progress {
  unit: ProgressUnit;
  done: number;
  total: number;
  /** What happens right now: `uploading`, `waiting`. */
  step: string;
}

/** One line of the board. */
export interface ProgressTask {
  update(progress: Partial<Progress>): void;
  /** Takes the line away. */
  end(): void;
}

/** Lines of progress, one per task, below what is logged. */
export interface ProgressBoard {
  task(name: string, progress: Progress): ProgressTask;
  log(line: string): void;
  end(): void;
}

const NO_TASK: ProgressTask = { update: () => undefined, end: () => undefined };

/** Where there is no terminal, there is nothing to draw. */
export const NO_PROGRESS: ProgressBoard = {
  task: () => NO_TASK,
  log: () => undefined,
  end: () => undefined,
};
