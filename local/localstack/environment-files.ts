import * as z from 'zod';
import { OutputsError } from './outputs.ts';

/** The content of an output `Container<Name>` of stage local. */
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

/** A reference to a secret. CloudFormation resolves such references in resources, but not in outputs. */
const SECRET_REFERENCE = /\{\{resolve:secretsmanager:(.+?):SecretString:::\}\}/;

/**
 * The environment files of the containers in the outputs, with resolved secrets.
 *
 * @throws OutputsError if the outputs describe no container, or if a value contains a quote or a line break
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

/** Compose does not interpret a value in single quotes. */
const lineOf = (variable: string, value: string): string => {
  if (/['\r\n]/.test(value))
    throw new OutputsError(`The value of ${variable} contains a quote or a line break.`);
  return `${variable}='${value}'`;
};
