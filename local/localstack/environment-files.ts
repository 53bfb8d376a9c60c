import * as z from 'zod';
import { OutputsError } from './outputs.ts';

/** What an output `Container<Name>` of stage local says. */
const Container = z.object({
  name: z.string().regex(/^[a-z-]+$/),
  environment: z.record(z.string(), z.string()),
});

/** The environment of one container, for the `env_file` of its compose service. */
export interface EnvironmentFile {
  readonly fileName: string;
  readonly content: string;
}

/** The value of a secret, by its ARN. */
export type ReadSecret = (secretId: string) => Promise<string>;

/** A secret in an output: CloudFormation resolves such references in resources, not in outputs. */
const SECRET_REFERENCE = /\{\{resolve:secretsmanager:(.+?):SecretString:::\}\}/;

/**
 * The environment files of the containers that the outputs describe, secrets filled in.
 *
 * @throws OutputsError (as rejection) where no container is described, or a value fits on no line.
 */
export const environmentFilesOf = async (
  outputs: ReadonlyMap<string, string>,
  readSecret: ReadSecret,
): Promise<EnvironmentFile[]> => {
  const described = [...outputs].filter(([output]) => output.startsWith('Container'));
  if (described.length === 0)
    throw new OutputsError('No output Container… found: are these the outputs of stage local?');
  return Promise.all(
    described.map(async ([, value]) => {
      const { name, environment } = Container.parse(JSON.parse(value));
      const lines = await Promise.all(
        Object.entries(environment).map(async ([variable, text]) => {
          const [reference, secretId] = SECRET_REFERENCE.exec(text) ?? [];
          const resolved = reference && secretId ? text.replace(reference, await readSecret(secretId)) : text;
          return lineOf(variable, resolved);
        }),
      );
      return { fileName: `${name}.env`, content: `${lines.join('\n')}\n` };
    }),
  );
};

/** In single quotes compose takes a value as it is. */
const lineOf = (variable: string, value: string): string => {
  if (/['\r\n]/.test(value))
    throw new OutputsError(`The value of ${variable} has a quote or a line break in it.`);
  return `${variable}='${value}'`;
};
