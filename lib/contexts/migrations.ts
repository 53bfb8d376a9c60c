import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { DATABASE_CONTEXTS } from '../../functions/contracts/database.ts';
import type { PackageFiles } from '../build/function-code.ts';
import { codeFingerprint } from '../constructs/code-fingerprint.ts';
import { NodeFunction, placeFunctions } from '../constructs/node-function.ts';
import { FUNCTIONS_DIRECTORY } from '../paths.ts';
import type { ContextProps } from './context.ts';

export interface MigrationsProps extends ContextProps {
  /** The constructs that must not run on an older schema. */
  readonly before: readonly Construct[];
}

/**
 * Migrates the database in each deployment that changes the SQL, before the functions change. The SQL is part of the
 * function's bundle, so a new migration is new code and gets a new trigger.
 */
export class Migrations extends Construct {
  /** Constructs that must come after the migrations depend on this. */
  readonly trigger: Construct;

  constructor(scope: Construct, id: string, { platform, before }: MigrationsProps) {
    super(scope, id);
    const timeout = Duration.minutes(2);
    const placement = placeFunctions(this, platform.network);
    const handler = new NodeFunction(this, 'Migrate', {
      config: platform.config,
      placement,
      entry: 'database/migrate.lambda.ts',
      description: 'Migrates the schemas of all contexts',
      timeout,
      memoryMegabytes: 512,
      files: migrationFiles(),
    });
    platform.database.grantAdministration(handler);
    if (platform.config.local) {
      // LocalStack has no triggers, so the deployment script invokes the function.
      new CfnOutput(this, 'FunctionName', {
        description: 'The function that migrates the database',
        value: handler.functionName,
      }).overrideLogicalId('MigrateFunctionName');
    }
    this.trigger = new Trigger(this, `Trigger${codeFingerprint(handler)}`, {
      handler,
      timeout,
      // The security group contains the rules for the function's connections.
      executeAfter: [...platform.database.ready, ...(placement ? [placement.securityGroup] : [])],
      executeBefore: [...before],
    });
  }
}

/** `functions/<context>/migrations/*.sql` → `migrations/<context>/` beside the bundle. */
const migrationFiles = (): PackageFiles =>
  Object.fromEntries(
    DATABASE_CONTEXTS.flatMap((context) =>
      globSync(`${context}/migrations/*.sql`, { cwd: FUNCTIONS_DIRECTORY }),
    ).map((path) => [
      join('migrations', dirname(dirname(path)), basename(path)),
      () => readFileSync(join(FUNCTIONS_DIRECTORY, path), 'utf8'),
    ]),
  );
