import { findNamed } from '../names.ts';
import type { StackModel } from '../template/model.ts';

/**
 * The model with reserved concurrency for some functions, as `aws lambda put-function-concurrency` sets it.
 * @throws Error if a name matches no function or more than one
 */
export const reserveConcurrency = (
  model: StackModel,
  reserved: Readonly<Record<string, number>>,
): StackModel => {
  const changes = new Map(
    Object.entries(reserved).map(([name, count]) => [findNamed('function', model.functions, name), count]),
  );
  const functions = model.functions.map((fn) => {
    const reservedConcurrency = changes.get(fn);
    return reservedConcurrency === undefined ? fn : { ...fn, reservedConcurrency };
  });
  return { ...model, functions };
};
