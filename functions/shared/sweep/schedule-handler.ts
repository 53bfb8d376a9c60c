import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { once } from '../config/cold-start.ts';

/** The end of an invocation that is left to what is under way and to the steps after a sweep, in milliseconds. */
const RESERVE_MILLISECONDS = 8_000;

/** What the invocation lets a scheduled function know. */
export interface ScheduledInvocation {
  /** Whether there is time to begin with something more. */
  hasTime(): boolean;
}

/** Cold start and work of a scheduled function. */
export interface ScheduleHandlerOptions<Services> {
  build: () => Promise<Services>;
  run: (services: Services, invocation: ScheduledInvocation) => Promise<void>;
}

/** The handler of a scheduled function. It throws what `run` throws: the next tick tries again. */
export const createScheduleHandler = <Services>({ build, run }: ScheduleHandlerOptions<Services>) => {
  const services = once(build);
  return middy<ScheduledEvent, void, Error, Context>().handler(async (_tick, context) =>
    run(await services(), { hasTime: () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS }),
  );
};
