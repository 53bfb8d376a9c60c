import type { Sample, SampleFinder } from './frame-plan.ts';
import type { MomentGrid } from './moments.ts';
import type { TimeBase } from './timeline.ts';

/** The video's samples as its container lists them, without decoding. Times are in ticks of `timeBase`. */
export interface SampleIndex {
  timeBase: TimeBase;
  /** Of each sample that is shown, in storage order: its presentation time; where not `exact`, its decode time. */
  times: Float64Array;
  /** Of each of these samples: the time of the keyframe to decode from; NaN where unknown. */
  keyframes: Float64Array;
  /** Whether the first sample shown is a keyframe, hence the first picture. */
  startsWithKeyframe: boolean;
  /** Where the last sample ends. */
  endTicks: number;
  /** Whether the container tells presentation times. */
  exact: boolean;
}

/** Finds samples in a complete list, in whatever order it is. */
export class ListedSamples implements SampleFinder {
  readonly #samples: SampleIndex;
  readonly #grid: MomentGrid;
  /** Of each moment that has one, the earliest sample, in order; made when the number of moments is known to be bounded. */
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
