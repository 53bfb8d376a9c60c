import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { once } from '../config/cold-start.ts';

/** Milliseconds at the end of an invocation that are reserved for running work and the steps after a sweep. */
const RESERVE_MILLISECONDS = 8_000;

/** The current invocation, for scheduled functions. */
export interface ScheduledInvocation {
  /** Whether there is enough time to start more work. */
  hasTime(): boolean;
}

/** Cold start and work of a scheduled function. */
export interface ScheduleHandlerOptions<Services> {
  build: () => Promise<Services>;
  run: (services: Services, invocation: ScheduledInvocation) => Promise<void>;
}

/** Creates the handler of a scheduled function. An error of `run` is thrown; the next tick tries again. */
export const createScheduleHandler = <Services>({ build, run }: ScheduleHandlerOptions<Services>) => {
  const services = once(build);
  return middy<ScheduledEvent, void, Error, Context>().handler(async (_tick, context) =>
    run(await services(), { hasTime: () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS }),
  );
};
