import { Duration, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import {
  DATABASE_NAME,
  type DatabaseContext,
  type DatabaseLogin,
  databaseRole,
  LOGIN_ROLES,
} from '../../functions/contracts/database.ts';
import {
  ENV_DATABASE_ADMIN_USER,
  ENV_DATABASE_AUTH,
  ENV_DATABASE_CONNECTION_LIMITS,
  ENV_DATABASE_HOST,
  ENV_DATABASE_NAME,
  ENV_DATABASE_PORT,
  ENV_DATABASE_USER,
} from '../../functions/contracts/env.ts';
import { connectionBudget } from '../config/connection-budget.ts';
import { DATABASE_INSTANCES, type DatabaseInstance } from '../config/database-instance.ts';
import type { StageConfig } from '../config/stage.ts';
import type { Database } from './database.ts';
import type { Workload } from './workload.ts';

const ADMIN_USER = 'frame_flow_admin';

const SIZES: Record<DatabaseInstance, ec2.InstanceSize> = {
  small: ec2.InstanceSize.SMALL,
  medium: ec2.InstanceSize.MEDIUM,
  large: ec2.InstanceSize.LARGE,
};

export interface RdsDatabaseProps {
  readonly config: StageConfig;
  readonly vpc: ec2.IVpc;
}

/**
 * PostgreSQL on RDS: encrypted, only TLS (the engine's default since 15). All users log in with IAM, including the
 * administrator, so there is no password (docs/adr/0022).
 */
export class RdsDatabase extends Construct implements Database {
  readonly ready: readonly Construct[];
  readonly #instance: rds.DatabaseInstance;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, { config, vpc }: RdsDatabaseProps) {
    super(scope, id);
    this.#config = config;
    // Keeping an instance would also require its subnets and security group, so a snapshot is kept (docs/adr/0026).
    const removalPolicy = config.retainData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY;
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_18 });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'PostgreSQL',
      allowAllOutbound: false,
    });
    this.#instance = new rds.DatabaseInstance(this, 'Instance', {
      engine,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, SIZES[config.databaseInstance]),
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        description: 'Frame Flow',
        parameters: { max_connections: String(DATABASE_INSTANCES[config.databaseInstance].maxConnections) },
        // A restored instance gets its parameters from its own deployment.
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      databaseName: DATABASE_NAME,
      credentials: rds.Credentials.fromPassword(ADMIN_USER, NO_PASSWORD),
      iamAuthentication: true,
      allocatedStorage: 20,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      multiAz: config.multiAz,
      backupRetention: Duration.days(config.databaseBackupDays),
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      deletionProtection: config.retainData,
      removalPolicy,
    });
    letAdministratorLogInByIam(this.#instance);
    this.ready = [this.#instance];
  }

  grantConnect(workload: Workload, context: DatabaseContext, login?: DatabaseLogin): void {
    const role = databaseRole(context, login);
    this.#instance.grantConnect(workload, role);
    this.#open(workload);
    workload.addEnvironment(ENV_DATABASE_USER, role);
  }

  grantEachLogin(workload: Workload): void {
    for (const role of LOGIN_ROLES) this.#instance.grantConnect(workload, role);
    this.#open(workload);
  }

  grantAdministration(workload: Workload): void {
    this.#instance.grantConnect(workload, ADMIN_USER);
    this.#open(workload);
    workload.addEnvironment(ENV_DATABASE_ADMIN_USER, ADMIN_USER);
    const { limits } = connectionBudget(this.#config);
    workload.addEnvironment(ENV_DATABASE_CONNECTION_LIMITS, JSON.stringify(limits));
  }

  #open(workload: Workload): void {
    workload.connections.allowToDefaultPort(this.#instance, 'PostgreSQL');
    workload.addEnvironment(ENV_DATABASE_HOST, this.#instance.dbInstanceEndpointAddress);
    workload.addEnvironment(ENV_DATABASE_PORT, this.#instance.dbInstanceEndpointPort);
    workload.addEnvironment(ENV_DATABASE_NAME, DATABASE_NAME);
    workload.addEnvironment(ENV_DATABASE_AUTH, 'iam');
  }
}

/** A placeholder that does not reach the template. Without a password, the construct would create a secret. */
const NO_PASSWORD = SecretValue.unsafePlainText('none');

/** Sets the master user's authentication on the resource, because the construct has no property for it. */
const letAdministratorLogInByIam = (instance: rds.DatabaseInstance): void => {
  const resource = instance.node.defaultChild;
  if (!(resource instanceof rds.CfnDBInstance)) throw new Error('the database has no DBInstance');
  resource.masterUserAuthenticationType = 'iam-db-auth';
  resource.masterUserPassword = undefined;
};
