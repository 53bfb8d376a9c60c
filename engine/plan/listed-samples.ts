import type { Sample, SampleFinder } from './frame-plan.ts';
import type { MomentGrid } from './moments.ts';
import type { TimeBase } from './timeline.ts';

/** The video's samples as its container lists them, without decoding. Times are in ticks of `timeBase`. */
export interface SampleIndex {
  timeBase: TimeBase;
  /** The time of each shown sample, in storage order: the presentation time, or the decode time if not `exact`. */
  times: Float64Array;
  /** For each of these samples, the time of the keyframe to decode from; NaN if unknown. */
  keyframes: Float64Array;
  /** Whether the first shown sample is a keyframe, so that it is the first picture. */
  startsWithKeyframe: boolean;
  /** Where the last sample ends. */
  endTicks: number;
  /** Whether the container stores presentation times. */
  exact: boolean;
}

/** Finds samples in a complete list. The list may have any order. */
export class ListedSamples implements SampleFinder {
  readonly #samples: SampleIndex;
  readonly #grid: MomentGrid;
  /** The earliest sample of each moment, in order. Built lazily, after the number of moments has been checked. */
  #earliest: [moment: number, sample: Sample][] | undefined;
  #position = 0;

  constructor(samples: SampleIndex, grid: MomentGrid) {
    this.#samples = samples;
    this.#grid = grid;
  }

  lastTicks(): number {
    return this.#samples.times.reduce(
      (last, ticks) => (ticks > last ? ticks : last),
      Number.NEGATIVE_INFINITY,
    );
  }

  firstAt(thresholdTicks: number): Sample | undefined {
    this.#earliest ??= this.#findEarliest();
    const moment = this.#grid.momentOf(thresholdTicks);
    while ((this.#earliest[this.#position]?.[0] ?? moment) < moment) this.#position += 1;
    return this.#earliest[this.#position]?.[1];
  }

  #findEarliest(): [number, Sample][] {
    const { times, keyframes } = this.#samples;
    const startTicks = this.#grid.ticksOf(0);
    const earliest = new Map<number, Sample>();
    for (const [position, ticks] of times.entries()) {
      if (!(ticks >= startTicks)) continue;
      const moment = this.#grid.momentOf(ticks);
      const known = earliest.get(moment);
      if (known !== undefined && known.ticks <= ticks) continue;
      earliest.set(moment, { ticks, keyframeTicks: keyframes[position] ?? Number.NaN });
    }
    return [...earliest].sort(([a], [b]) => a - b);
  }
}
