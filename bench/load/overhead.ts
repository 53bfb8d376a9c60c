/** A video's way to READY, in milliseconds since 1970. */
export interface ReadyPassage {
  readonly uploadedAt: number;
  /** FILE_UPLOADED. */
  readonly receivedAt: number;
  readonly orderedAt: number;
  /** From when to when its extraction worked. */
  readonly claimedAt: number;
  readonly finishedAt: number;
  /** FILE_AVAILABLE. */
  readonly availableAt: number;
  readonly readyAt: number;
}

/** Where a video's time from its upload's end to READY went, in seconds: the parts add up to the whole. */
export interface Overhead {
  readonly totalSeconds: number;
  /** While every process function was busy with other videos. */
  readonly turnSeconds: number;
  readonly extractionSeconds: number;
  /** The rest. */
  readonly steps: Readonly<Record<OverheadStep, number>>;
}

/** From one moment of the passage to the next; `taking on` without the wait for a turn. */
export const OVERHEAD_STEPS = ['receiving', 'ordering', 'taking on', 'publishing', 'showing'] as const;
export type OverheadStep = (typeof OVERHEAD_STEPS)[number];

/** @param slots how many extractions run at a time */
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

/** For how long between two moments `slots` extractions ran at once. */
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
