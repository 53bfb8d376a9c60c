import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { DATABASE_NAME } from '../../functions/contracts/database.ts';
import { clip } from '../support/clips.ts';
import { APP_STACK, statusOf } from './deployed.ts';
import type { Stage } from './stage.ts';
import { Variant } from './variant.ts';

/** Migrations that sort after all of ours. */
const [FIRST, SECOND] = ['9001_emulator-first', '9002_emulator-second'];
const add = (column: string): string => `ALTER TABLE video ADD COLUMN ${column} text;`;

/** Deploys new versions of the app over the old one. */
export const testRedeployments = (stage: () => Stage): void => {
  let variant: Variant;
  beforeAll(async () => {
    variant = await Variant.of(stage().foundation.directory);
  });

  test('a new migration runs, and only the function that contains it changes', async () => {
    const before = await codeOf(stage());
    await variant.migrateUpload(FIRST, add('emulator_first'));
    await stage().cdk.deploy(variant.directory);
    expect(await statusOf(stage().clients, APP_STACK)).toBe('UPDATE_COMPLETE');
    expect(await emulatorColumns(stage())).toEqual(['emulator_first']);
    expect(changed(before, await codeOf(stage()))).toEqual(['Migrations/Migrate']);
  });

  test('a failing migration rolls the stack back, and the old functions still work', async () => {
    const before = await codeOf(stage());
    await variant.migrateUpload(SECOND, `${add('emulator_second')} SELECT 1 / 0;`);
    await variant.changeUploadHttp();
    const { code, output } = await stage().cdk.tryToDeploy(variant.directory);
    expect(code).not.toBe(0);
    expect(output).toContain('division by zero');
    expect(await statusOf(stage().clients, APP_STACK)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await emulatorColumns(stage())).toEqual(['emulator_first']);
    expect(changed(before, await codeOf(stage()))).toEqual([]);

    const { user } = stage();
    const id = await user.uploadFile(await clip('short.mp4'));
    expect(await user.untilOver(id)).toMatchObject({ status: 'READY' });
  });

  test('the corrected migration runs, and then the functions change', async () => {
    const before = await codeOf(stage());
    await variant.migrateUpload(SECOND, add('emulator_second'));
    await stage().cdk.deploy(variant.directory);
    expect(await statusOf(stage().clients, APP_STACK)).toBe('UPDATE_COMPLETE');
    expect(await emulatorColumns(stage())).toEqual(['emulator_first', 'emulator_second']);
    expect(changed(before, await codeOf(stage()))).toEqual(['Migrations/Migrate', 'Upload/Http']);
    expect((await stage().user.client.listVideos()).items.length).toBeGreaterThan(0);
  });
};

/** The hash of the code of every function, by the path of its construct. */
const codeOf = async ({ clients, names }: Stage): Promise<Map<string, string>> =>
  new Map(
    await Promise.all(
      names.pathsOf('AWS::Lambda::Function').map(async (path): Promise<[string, string]> => {
        const FunctionName = names.nameOf(path);
        const { Configuration } = await clients.lambda.send(new GetFunctionCommand({ FunctionName }));
        return [path, Configuration?.CodeSha256 ?? ''];
      }),
    ),
  );

const changed = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...after]
    .filter(([path, hash]) => before.get(path) !== hash)
    .map(([path]) => path)
    .toSorted();

/** The columns that the migrations of these tests have added. */
const emulatorColumns = async ({ foundation }: Stage): Promise<string[]> => {
  const { host, port, adminUser: user, adminPassword: password } = foundation.database;
  const client = new pg.Client({ host, port, user, password, database: DATABASE_NAME });
  await client.connect();
  try {
    const { rows } = await client.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns
       WHERE table_schema = 'upload' AND table_name = 'video' AND column_name LIKE 'emulator%' ORDER BY column_name`,
    );
    return rows.map(({ column_name }) => column_name);
  } finally {
    await client.end();
  }
};
