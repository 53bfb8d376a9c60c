import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Stage } from '../../lib/config/stage.ts';
import { BUILD_DIRECTORY } from '../../lib/paths.ts';
import { lintTemplates } from './lint.ts';
import { synthesizeStage } from './synthesize.ts';

const DIRECTORY = join(BUILD_DIRECTORY, 'emulator-templates');

beforeAll(async () => {
  await rm(DIRECTORY, { recursive: true, force: true });
  await mkdir(DIRECTORY, { recursive: true });
});

test.each(Stage.options)('the templates of stage %s pass cfn-lint', async (stage) => {
  expect(await lintTemplates(await synthesizeStage(stage, join(DIRECTORY, stage)))).toEqual([]);
});
