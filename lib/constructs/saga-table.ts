import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ENV_SAGA_TABLE, SAGA_DUE_INDEX, SAGA_EXPIRY_ATTRIBUTE } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { openGatewayEndpoints, type Workload } from './workload.ts';

export interface SagaTableProps {
  readonly config: StageConfig;
}

/** One item per saga, and the sparse index with which the sweeper finds due sagas. */
export class SagaTable extends Construct {
  readonly #table: dynamodb.Table;
  readonly #throughEndpoint: boolean;

  constructor(scope: Construct, id: string, { config }: SagaTableProps) {
    super(scope, id);
    this.#throughEndpoint = config.local === undefined;
    const { STRING } = dynamodb.AttributeType;
    this.#table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'sagaId', type: STRING },
      timeToLiveAttribute: SAGA_EXPIRY_ATTRIBUTE,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.retainData,
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.#table.addGlobalSecondaryIndex({
      indexName: SAGA_DUE_INDEX,
      partitionKey: { name: 'dueShard', type: STRING },
      sortKey: { name: 'dueAt', type: STRING },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
  }

  /** For the orchestrator: allows reading and conditionally writing a saga. */
  grantDecide(workload: Workload): void {
    this.#grant(workload, ['dynamodb:GetItem', 'dynamodb:PutItem'], this.#table.tableArn);
    if (this.#throughEndpoint) openGatewayEndpoints(workload);
    workload.addEnvironment(ENV_SAGA_TABLE, this.#table.tableName);
  }

  /** For the sweeper: also allows finding due sagas. */
  grantSweep(workload: Workload): void {
    this.grantDecide(workload);
    this.#grant(workload, ['dynamodb:Query'], `${this.#table.tableArn}/index/${SAGA_DUE_INDEX}`);
  }

  #grant(workload: Workload, actions: string[], resourceArn: string): void {
    iam.Grant.addToPrincipal({ grantee: workload, actions, resourceArns: [resourceArn] });
  }
}
