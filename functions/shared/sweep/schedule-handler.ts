import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { once } from '../config/cold-start.ts';

/** Cold start and work of a scheduled function. */
export interface ScheduleHandlerOptions<Services> {
  build: () => Promise<Services>;
  run: (services: Services) => Promise<void>;
}

/** The handler of a scheduled function. It throws what `run` throws: the next tick tries again. */
export const createScheduleHandler = <Services>({ build, run }: ScheduleHandlerOptions<Services>) => {
  const services = once(build);
  return middy<ScheduledEvent, void, Error, Context>().handler(async () => run(await services()));
};
