import { join } from 'node:path';
import * as z from 'zod';
import { EmulatorError } from './errors.ts';
import { preparePythonTools } from './python-tools.ts';
import { tryProgram } from './run-program.ts';
import type { Assembly } from './synthesize.ts';

/** The rules of cfn-lint whose warnings are accepted, each with the reason. Errors are never accepted. */
const ACCEPTED: Readonly<Record<string, string>> = {
  W3005: 'CDK makes a function depend on its role by name, in addition to the reference that it has anyway.',
  W6001:
    'The outputs of stage local hand a value of the other stack on to the containers, which run outside.',
};

const Findings = z.array(
  z.object({
    Rule: z.object({ Id: z.string() }),
    Message: z.string(),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
  }),
);

/**
 * The findings of cfn-lint in all templates of a stage, one line each, without the accepted warnings.
 * @throws EmulatorError if cfn-lint crashes
 */
export const lintTemplates = async ({ directory, stacks }: Assembly): Promise<string[]> => {
  const { cfnLint } = await preparePythonTools();
  const files = stacks.map(({ name }) => join(directory, `${name}.template.json`));
  const { output } = await tryProgram(cfnLint, ['--format', 'json', '--', ...files]);
  return parseFindings(output)
    .filter(({ Rule }) => Rule.Id.startsWith('E') || !Object.hasOwn(ACCEPTED, Rule.Id))
    .map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('/') ?? ''}: ${Message}`);
};

const parseFindings = (output: string): z.infer<typeof Findings> => {
  // Without findings it prints an empty list. Other output means a crash, for example because of a missing file.
  try {
    return Findings.parse(JSON.parse(output));
  } catch (cause) {
    throw new EmulatorError(`cfn-lint ended with: ${output.slice(0, 2000)}`, { cause });
  }
};
