import { ArnFormat, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  ENV_REDIS_AUTH,
  ENV_REDIS_REPLICATION_GROUP,
  ENV_REDIS_URL,
  ENV_REDIS_USER,
} from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import type { RedisChannel } from './redis.ts';
import type { Workload } from './workload.ts';

const PORT = 6379;

/** All commands except those that administer or empty the server. Clients need INFO when they connect. */
const ACCESS = 'on ~* &* +@all -@dangerous +info';

export interface ValkeyProps {
  readonly config: StageConfig;
  readonly vpc: ec2.IVpc;
}

/**
 * Valkey on ElastiCache: TLS, IAM authentication, without cluster mode (in cluster mode, PUBLISH reaches only the
 * subscribers of one node).
 */
export class Valkey extends Construct implements RedisChannel {
  readonly #group: elasticache.CfnReplicationGroup;
  readonly #userId: string;
  readonly #connections: ec2.Connections;

  constructor(scope: Construct, id: string, { config, vpc }: ValkeyProps) {
    super(scope, id);
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Valkey',
      allowAllOutbound: false,
    });
    this.#connections = new ec2.Connections({
      securityGroups: [securityGroup],
      defaultPort: ec2.Port.tcp(PORT),
    });
    this.#userId = this.#nameOf('app');

    const subnets = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description: 'Isolated subnets of Valkey',
      subnetIds: vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED }).subnetIds,
    });
    this.#group = new elasticache.CfnReplicationGroup(this, 'ReplicationGroup', {
      replicationGroupDescription: 'Frame Flow: saga events, progress, throttling',
      engine: 'valkey',
      engineVersion: '8.0',
      cacheNodeType: 'cache.t4g.micro',
      clusterMode: 'disabled',
      numCacheClusters: config.multiAz ? 2 : 1,
      automaticFailoverEnabled: config.multiAz,
      multiAzEnabled: config.multiAz,
      port: PORT,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      userGroupIds: [this.#createUsers().ref],
    });
    // Its data need not be kept (events are in outboxes), and keeping it would also keep subnets and users
    // (docs/adr/0026).
    this.#group.applyRemovalPolicy(RemovalPolicy.DESTROY);
  }

  grantConnect(workload: Workload): void {
    const stack = Stack.of(this);
    const arnOf = (resource: string, resourceName: string) =>
      stack.formatArn({
        service: 'elasticache',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    iam.Grant.addToPrincipal({
      grantee: workload,
      actions: ['elasticache:Connect'],
      resourceArns: [arnOf('replicationgroup', this.#group.ref), arnOf('user', this.#userId)],
    });
    workload.connections.allowToDefaultPort({ connections: this.#connections }, 'Valkey');
    const { attrPrimaryEndPointAddress: host, attrPrimaryEndPointPort: port } = this.#group;
    workload.addEnvironment(ENV_REDIS_URL, `rediss://${host}:${port}`);
    workload.addEnvironment(ENV_REDIS_AUTH, 'iam');
    workload.addEnvironment(ENV_REDIS_USER, this.#userId);
    workload.addEnvironment(ENV_REDIS_REPLICATION_GROUP, this.#group.ref);
  }

  /**
   * The user for the runtime code, and the `default` user that a group must have. The latter is off and has no rights.
   */
  #createUsers(): elasticache.CfnUserGroup {
    // An IAM user's id and name must be the same.
    const app = new elasticache.CfnUser(this, 'AppUser', {
      engine: 'valkey',
      userId: this.#userId,
      userName: this.#userId,
      accessString: ACCESS,
      authenticationMode: { Type: 'iam' },
    });
    // Even a disabled user needs a password, so it gets a random one, which no workload knows.
    const password = new secretsmanager.Secret(this, 'DefaultUserPassword', {
      description: 'Password of the disabled default user of Valkey',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const disabled = new elasticache.CfnUser(this, 'DefaultUser', {
      engine: 'valkey',
      userId: this.#nameOf('default'),
      userName: 'default',
      accessString: 'off -@all',
      authenticationMode: { Type: 'password', Passwords: [password.secretValue.unsafeUnwrap()] },
    });
    return new elasticache.CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: this.#nameOf('users'),
      userIds: [app.ref, disabled.ref],
    });
  }

  /** ElastiCache does not generate these names: lower case, at most 40 characters, unique in the account's region. */
  #nameOf(suffix: string): string {
    const name = Names.uniqueResourceName(this, { maxLength: 39 - suffix.length, separator: '-' });
    return `${name}-${suffix}`.toLowerCase();
  }
}
