/** The times of a video's steps to READY, in milliseconds since 1970. */
export interface ReadyPassage {
  readonly uploadedAt: number;
  /** FILE_UPLOADED. */
  readonly receivedAt: number;
  readonly orderedAt: number;
  /** The start of its extraction. */
  readonly claimedAt: number;
  readonly finishedAt: number;
  /** FILE_AVAILABLE. */
  readonly availableAt: number;
  readonly readyAt: number;
}

/** The parts of a video's time from the end of its upload to READY, in seconds. Their sum is the total. */
export interface Overhead {
  readonly totalSeconds: number;
  /** The wait while every process function was busy with other videos. */
  readonly turnSeconds: number;
  readonly extractionSeconds: number;
  /** The rest. */
  readonly steps: Readonly<Record<OverheadStep, number>>;
}

/** The steps between consecutive times of a passage. `taking on` excludes the wait for a free function. */
export const OVERHEAD_STEPS = ['receiving', 'ordering', 'taking on', 'publishing', 'showing'] as const;
export type OverheadStep = (typeof OVERHEAD_STEPS)[number];

/** @param slots the number of concurrent extractions */
export const overheadOf = (passage: ReadyPassage, all: readonly ReadyPassage[], slots: number): Overhead => {
  const { uploadedAt, receivedAt, orderedAt, claimedAt, finishedAt, availableAt, readyAt } = passage;
  const turn = allBusy(all, orderedAt, claimedAt, slots);
  return {
    totalSeconds: (readyAt - uploadedAt) / 1000,
    turnSeconds: turn / 1000,
    extractionSeconds: (finishedAt - claimedAt) / 1000,
    steps: {
      receiving: (receivedAt - uploadedAt) / 1000,
      ordering: (orderedAt - receivedAt) / 1000,
      'taking on': (claimedAt - orderedAt - turn) / 1000,
      publishing: (availableAt - finishedAt) / 1000,
      showing: (readyAt - availableAt) / 1000,
    },
  };
};

/** The time between `from` and `to` during which at least `slots` extractions ran, in milliseconds. */
const allBusy = (all: readonly ReadyPassage[], from: number, to: number, slots: number): number => {
  const edges = all
    .filter(({ claimedAt, finishedAt }) => finishedAt > from && claimedAt < to)
    .flatMap(({ claimedAt, finishedAt }) => [
      { at: Math.max(claimedAt, from), step: 1 },
      { at: Math.min(finishedAt, to), step: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  let [running, busy, since] = [0, 0, from];
  for (const { at, step } of edges) {
    if (running >= slots) busy += at - since;
    since = at;
    running += step;
  }
  return busy;
};
