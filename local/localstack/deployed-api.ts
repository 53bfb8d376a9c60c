import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { hasErrorCode } from '../errors.ts';
import { APP_STACK } from './cdk.ts';
import type { Paths } from './paths.ts';

/*
 * LocalStack 4.14.0 cannot update an API's stage: after an update the API no longer answers. So the hash of the last
 * deployed API is stored. An API with another hash is removed and deployed again. The hash is deleted at the beginning
 * of a deployment and written after its success, so an API whose deployment failed is also removed and deployed again.
 */

const Template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown() })),
});
const Remembered = z.object({ apiHash: z.string() });

/** Hash of the API's resources in a template. */
const apiHashOf = (template: unknown): string => {
  const { Resources } = Template.parse(template);
  const api = Object.entries(Resources)
    .filter(([, { Type }]) => Type.startsWith('AWS::ApiGateway::'))
    .map(([id, { Type, Properties }]) => [id, Type, Properties])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  return createHash('sha256').update(JSON.stringify(api)).digest('hex');
};

/** Hash of the API in the synthesized templates. */
export const synthesizedApi = async ({ assembly }: Paths): Promise<string> =>
  apiHashOf(JSON.parse(await readFile(join(assembly, `${APP_STACK}.template.json`), 'utf8')));

/** Hash of the API in the last successful deployment; undefined if there was none. */
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
