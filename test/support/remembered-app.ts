import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

/**
 * A program that the CDK command line runs as its app. It runs the app of cdk.json, unless it did so before in the same
 * output directory with the same context: then the assembly there is the answer. Synthesis is most of what a command costs.
 */
const { CDK_OUTDIR: directory, CDK_CONTEXT_JSON: context } = z
  .object({ CDK_OUTDIR: z.string(), CDK_CONTEXT_JSON: z.string() })
  .parse(process.env);
const { app } = z
  .object({ app: z.string() })
  .parse(JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'cdk.json'), 'utf8')));
const remembered = `${directory}.context.json`;

if (!existsSync(remembered) || readFileSync(remembered, 'utf8') !== context) {
  const { status } = spawnSync(app, { shell: true, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  if (status === 0) writeFileSync(remembered, context);
}
