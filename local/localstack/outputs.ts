import * as z from 'zod';

/** The file that the CDK command line writes with --outputs-file: stack → output → value. */
const StackOutputs = z.record(z.string(), z.record(z.string(), z.string()));

/** The outputs do not belong to a deployed stage local. */
export class OutputsError extends Error {
  override readonly name = 'OutputsError';
}

/**
 * All outputs of all stacks, by their names.
 * @throws OutputsError if `outputs` is not the content of an outputs file
 */
export const readOutputs = (outputs: unknown): ReadonlyMap<string, string> => {
  const parsed = StackOutputs.safeParse(outputs);
  if (!parsed.success) throw new OutputsError('This is not an outputs file.');
  return new Map(Object.values(parsed.data).flatMap((stack) => Object.entries(stack)));
};

/** @throws OutputsError if no output has this name */
export const outputNamed = (outputs: ReadonlyMap<string, string>, name: string): string => {
  const value = outputs.get(name);
  if (value === undefined)
    throw new OutputsError(`Output ${name} is missing: are these the outputs of stage local?`);
  return value;
};

/** The functions that test a deployment, at most one of each kind. */
export const selfTestFunctions = (outputs: ReadonlyMap<string, string>): string[] =>
  [...outputs]
    .flatMap(([name, value]) => (name.startsWith('SelfTestFunctionName') ? [value] : []))
    .toSorted();

/**
 * The API's URL on LocalStack's endpoint. A local name server does not resolve the host in `ApiUrl`; its first label is
 * the API's id.
 *
 * @returns the URL without a trailing slash
 * @throws OutputsError if the output is missing or is not such a URL
 */
export const apiUrlOf = (outputs: ReadonlyMap<string, string>, endpoint: string): string => {
  const url = outputNamed(outputs, 'ApiUrl');
  const [, id, stage] = /^https?:\/\/([a-z0-9]+)\.[^/]+\/([^/]+)\/?$/.exec(url) ?? [];
  if (id === undefined) throw new OutputsError(`The output ApiUrl does not begin with the API's id: ${url}`);
  return `${endpoint}/_aws/execute-api/${id}/${stage}`;
};
