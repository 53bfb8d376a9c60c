import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DATABASE_NAME, type DatabaseContext, databaseRole } from '../../functions/contracts/database.ts';
import {
  ENV_DATABASE_ADMIN_PASSWORD,
  ENV_DATABASE_ADMIN_USER,
  ENV_DATABASE_AUTH,
  ENV_DATABASE_HOST,
  ENV_DATABASE_NAME,
  ENV_DATABASE_PORT,
  ENV_DATABASE_USER,
} from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import type { Database } from './database.ts';
import type { Workload } from './workload.ts';

const ADMIN_USER = 'frame_flow_admin';

export interface RdsDatabaseProps {
  readonly config: StageConfig;
  readonly vpc: ec2.IVpc;
}

/** PostgreSQL on RDS: encrypted, TLS alone (the engine's default since 15), the contexts' roles log in by IAM. */
export class RdsDatabase extends Construct implements Database {
  readonly ready: readonly Construct[];
  readonly #instance: rds.DatabaseInstance;
  readonly #adminPassword: string;

  constructor(scope: Construct, id: string, { config, vpc }: RdsDatabaseProps) {
    super(scope, id);
    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const adminPassword = new secretsmanager.Secret(this, 'AdminPassword', {
      description: `Password of the database's master user ${ADMIN_USER}`,
      generateSecretString: { passwordLength: 32, excludePunctuation: true },
      removalPolicy,
    });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'PostgreSQL',
      allowAllOutbound: false,
    });
    this.#instance = new rds.DatabaseInstance(this, 'Instance', {
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_18 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      databaseName: DATABASE_NAME,
      credentials: rds.Credentials.fromPassword(ADMIN_USER, adminPassword.secretValue),
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
    // A reference that CloudFormation resolves: functions have no route to Secrets Manager.
    this.#adminPassword = adminPassword.secretValue.unsafeUnwrap();
    this.ready = [this.#instance];
  }

  grantConnect(workload: Workload, context: DatabaseContext): void {
    const role = databaseRole(context);
    this.#instance.grantConnect(workload, role);
    this.#open(workload);
    workload.addEnvironment(ENV_DATABASE_USER, role);
  }

  grantAdministration(workload: Workload): void {
    this.#open(workload);
    workload.addEnvironment(ENV_DATABASE_ADMIN_USER, ADMIN_USER);
    workload.addEnvironment(ENV_DATABASE_ADMIN_PASSWORD, this.#adminPassword);
  }

  #open(workload: Workload): void {
    workload.connections.allowToDefaultPort(this.#instance, 'PostgreSQL');
    workload.addEnvironment(ENV_DATABASE_HOST, this.#instance.dbInstanceEndpointAddress);
    workload.addEnvironment(ENV_DATABASE_PORT, this.#instance.dbInstanceEndpointPort);
    workload.addEnvironment(ENV_DATABASE_NAME, DATABASE_NAME);
    workload.addEnvironment(ENV_DATABASE_AUTH, 'iam');
  }
}
