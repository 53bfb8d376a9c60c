import { RemovalPolicy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  DATABASE_NAME,
  type DatabaseContext,
  type DatabaseLogin,
  databaseRole,
} from '../../functions/contracts/database.ts';
import {
  ENV_DATABASE_ADMIN_PASSWORD,
  ENV_DATABASE_ADMIN_USER,
  ENV_DATABASE_AUTH,
  ENV_DATABASE_CONNECTION_LIMITS,
  ENV_DATABASE_HOST,
  ENV_DATABASE_NAME,
  ENV_DATABASE_PASSWORD,
  ENV_DATABASE_PORT,
  ENV_DATABASE_USER,
} from '../../functions/contracts/env.ts';
import type { ConnectionBudget } from '../config/connection-budget.ts';
import type { LocalServices } from '../config/local-services.ts';
import type { Database } from './database.ts';
import type { Workload } from './workload.ts';

export interface ExternalDatabaseProps {
  readonly services: LocalServices;
  /** The maximum number of connections of each login role. */
  readonly connectionLimits: ConnectionBudget['limits'];
}

/** Stage local: a PostgreSQL that is not in the template. All roles log in with one generated password. */
export class ExternalDatabase extends Construct implements Database {
  readonly ready = [];
  readonly #services: LocalServices;
  readonly #connectionLimits: ConnectionBudget['limits'];
  readonly #rolesPassword: string;

  constructor(scope: Construct, id: string, { services, connectionLimits }: ExternalDatabaseProps) {
    super(scope, id);
    this.#services = services;
    this.#connectionLimits = connectionLimits;
    const password = new secretsmanager.Secret(this, 'RolesPassword', {
      description: 'Password of the database roles',
      generateSecretString: { passwordLength: 32, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#rolesPassword = password.secretValue.unsafeUnwrap();
  }

  grantConnect(workload: Workload, context: DatabaseContext, login?: DatabaseLogin): void {
    this.#describe(workload);
    workload.addEnvironment(ENV_DATABASE_USER, databaseRole(context, login));
  }

  grantEachLogin(workload: Workload): void {
    this.#describe(workload);
  }

  grantAdministration(workload: Workload): void {
    this.#describe(workload);
    workload.addEnvironment(ENV_DATABASE_ADMIN_USER, this.#services.databaseAdminUser);
    workload.addEnvironment(ENV_DATABASE_ADMIN_PASSWORD, this.#services.databaseAdminPassword);
    workload.addEnvironment(ENV_DATABASE_CONNECTION_LIMITS, JSON.stringify(this.#connectionLimits));
  }

  #describe(workload: Workload): void {
    workload.addEnvironment(ENV_DATABASE_HOST, this.#services.databaseHost);
    workload.addEnvironment(ENV_DATABASE_PORT, String(this.#services.databasePort));
    workload.addEnvironment(ENV_DATABASE_NAME, DATABASE_NAME);
    workload.addEnvironment(ENV_DATABASE_AUTH, 'password');
    workload.addEnvironment(ENV_DATABASE_PASSWORD, this.#rolesPassword);
  }
}
