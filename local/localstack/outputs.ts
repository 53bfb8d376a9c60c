import * as z from 'zod';

/** What the CDK command line writes with --outputs-file: stack → output → value. */
const StackOutputs = z.record(z.string(), z.record(z.string(), z.string()));

/** The outputs are not those of a deployed stage local. */
export class OutputsError extends Error {
  override readonly name = 'OutputsError';
}

/** All outputs of all stacks, by their names. @throws OutputsError for anything but a file of outputs. */
export const readOutputs = (outputs: unknown): ReadonlyMap<string, string> => {
  const parsed = StackOutputs.safeParse(outputs);
  if (!parsed.success) throw new OutputsError('This is no file of outputs.');
  return new Map(Object.values(parsed.data).flatMap((stack) => Object.entries(stack)));
};

/** @throws OutputsError where there is none of this name. */
export const outputNamed = (outputs: ReadonlyMap<string, string>, name: string): string => {
  const value = outputs.get(name);
  if (value === undefined)
    throw new OutputsError(`There is no output ${name}: are these the outputs of stage local?`);
  return value;
};

/** The functions that test a deployment, one for each kind that there is. */
export const selfTestFunctions = (outputs: ReadonlyMap<string, string>): string[] =>
  [...outputs]
    .flatMap(([name, value]) => (name.startsWith('SelfTestFunctionName') ? [value] : []))
    .toSorted();

/**
 * Where the API answers. The host in `ApiUrl` needs a name server that knows it; its first label is the API's id.
 *
 * @returns without a trailing slash.
 * @throws OutputsError where the output is missing or no such URL.
 */
export const apiUrlOf = (outputs: ReadonlyMap<string, string>, endpoint: string): string => {
  const url = outputNamed(outputs, 'ApiUrl');
  const [, id, stage] = /^https?:\/\/([a-z0-9]+)\.[^/]+\/([^/]+)\/?$/.exec(url) ?? [];
  if (id === undefined) throw new OutputsError(`The output ApiUrl does not begin with the API's id: ${url}`);
  return `${endpoint}/_aws/execute-api/${id}/${stage}`;
};
