import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { hasErrorCode } from '../errors.ts';
import { APP_STACK } from './cdk.ts';
import type { Paths } from './paths.ts';

/*
 * LocalStack 4.14.0 cannot update an API's stage: after an update the API answers nothing any more. So what was deployed
 * last is remembered, and an API that differs from it is deployed anew. Nothing is remembered from the beginning of a
 * deployment to its success: one that failed half-way is deployed anew as well.
 */

const Template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown() })),
});
const Remembered = z.object({ apiHash: z.string() });

/** Hash of the part of a template that makes up the API. */
export const apiHashOf = (template: unknown): string => {
  const { Resources } = Template.parse(template);
  const api = Object.entries(Resources)
    .filter(([, { Type }]) => Type.startsWith('AWS::ApiGateway::'))
    .map(([id, { Type, Properties }]) => [id, Type, Properties])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  return createHash('sha256').update(JSON.stringify(api)).digest('hex');
};

/** Hash of the API in the templates that were just made. */
export const synthesizedApi = async ({ assembly }: Paths): Promise<string> =>
  apiHashOf(JSON.parse(await readFile(join(assembly, `${APP_STACK}.template.json`), 'utf8')));

/** Hash of the API that the last successful deployment deployed; undefined where there was none. */
export const deployedApi = async ({ deployedApi: file }: Paths): Promise<string | undefined> => {
  try {
    return Remembered.parse(JSON.parse(await readFile(file, 'utf8'))).apiHash;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || error instanceof SyntaxError || error instanceof z.ZodError)
      return undefined;
    throw error;
  }
};

export const rememberApi = (paths: Paths, apiHash: string): Promise<void> =>
  writeFile(paths.deployedApi, JSON.stringify({ apiHash }));

export const forgetApi = (paths: Paths): Promise<void> => rm(paths.deployedApi, { force: true });
