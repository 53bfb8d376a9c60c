import type { SampleIndex } from '../plan/frame-plan.ts';
import type { OpenReport, SamplePlan } from './protocol.ts';

/** The samples that matter as an index: the first one, and for each moment the first at or after it. */
export const toSampleIndex = ({ timeBase }: OpenReport, plan: SamplePlan): SampleIndex => {
  const { samples, firstTicks, startsWithKeyframe, endTicks, exact } = plan;
  return {
    ...{ timeBase, startsWithKeyframe, endTicks, exact },
    times: Float64Array.of(firstTicks, ...samples.map(({ ticks }) => ticks)),
    keyframes: Float64Array.of(
      startsWithKeyframe ? firstTicks : Number.NaN,
      ...samples.map(({ keyframeTicks }) => keyframeTicks),
    ),
  };
};
