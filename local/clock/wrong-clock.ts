import { join } from 'node:path';
import { findNamed } from '../names.ts';
import type { ContainerModel, FunctionModel, StackModel } from '../template/model.ts';

/** Node's arguments and the environment variables that shift the clock. Both are empty if the clock is correct. */
export const wrongClock = ({ clockOffsetSeconds = 0 }: FunctionModel | ContainerModel) =>
  clockOffsetSeconds === 0
    ? { args: [], environment: {} }
    : {
        args: ['--import', join(import.meta.dirname, 'shifted-clock.ts')],
        environment: { LOCAL_CLOCK_OFFSET_SECONDS: String(clockOffsetSeconds) },
      };

/**
 * The model with wrong clocks for some functions and containers.
 * @param offsets by name: how many seconds the clock is ahead
 * @throws Error if a name matches no function and no container
 */
export const setClocks = (model: StackModel, offsets: Readonly<Record<string, number>>): StackModel => {
  const ofContainers = new Map(
    model.containers.flatMap(({ name }) => (name in offsets ? [[name, offsets[name]] as const] : [])),
  );
  const ofFunctions = new Map(
    Object.entries(offsets)
      .filter(([name]) => !ofContainers.has(name))
      .map(([name, seconds]) => [findNamed('function', model.functions, name), seconds]),
  );
  return {
    ...model,
    functions: model.functions.map((fn) => ({ ...fn, clockOffsetSeconds: ofFunctions.get(fn) })),
    containers: model.containers.map((each) => ({
      ...each,
      clockOffsetSeconds: ofContainers.get(each.name),
    })),
  };
};
