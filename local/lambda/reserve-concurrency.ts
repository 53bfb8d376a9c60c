import { findNamed } from '../names.ts';
import type { StackModel } from '../template/model.ts';

/** The model with the concurrency of some functions set, as `aws lambda put-function-concurrency` would. @throws Error */
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
