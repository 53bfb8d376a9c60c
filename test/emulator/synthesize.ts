import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Stage } from '../../lib/config/stage.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { readAssembly, type StackTemplate } from '../../local/template/assembly.ts';
import { runProgram } from './run-program.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** A synthesized stage: its stacks, and the folder where their templates are. */
export interface Assembly {
  readonly directory: string;
  readonly stacks: readonly StackTemplate[];
}

/**
 * Synthesizes a stage as the CDK command line does, but without bundling the functions, which does not change the
 * templates.
 * @param directory the folder for the assembly
 * @throws EmulatorError with the app's output
 */
export const synthesizeStage = async (stage: Stage, directory: string): Promise<Assembly> => {
  const { context } = CdkJson.parse(JSON.parse(await readFile(join(REPOSITORY_ROOT, 'cdk.json'), 'utf8')));
  const cdkContext = {
    ...context,
    stage,
    // The command line sets this too: it adds the path of its construct to each resource.
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:bundling-stacks': [],
  };
  await runProgram(process.execPath, ['bin/frame-flow.ts'], {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(cdkContext) },
  });
  return { directory, stacks: readAssembly(directory) };
};
