/** The content of a cloud assembly without intrinsic functions. The dev stack runs this model. */
export interface StackModel {
  readonly buckets: readonly BucketModel[];
  readonly queues: readonly QueueModel[];
  readonly tables: readonly TableModel[];
  readonly functions: readonly FunctionModel[];
  readonly eventSources: readonly EventSourceModel[];
  readonly rules: readonly RuleModel[];
  readonly api: ApiModel | undefined;
  readonly triggers: readonly TriggerModel[];
  readonly containers: readonly ContainerModel[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** The names of a resource. */
export interface Named {
  readonly logicalId: string;
  /** The physical name. */
  readonly name: string;
}

export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds?: number | undefined;
}

export interface BucketModel extends Named {
  readonly cors: readonly CorsRule[];
  /** Whether the bucket sends its events to EventBridge. */
  readonly emitsEvents: boolean;
}

export interface QueueModel extends Named {
  readonly arn: string;
  readonly url: string;
  readonly fifo: boolean;
  /** SQS queue attributes; durations in seconds, sizes in bytes. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface KeyModel {
  readonly attribute: string;
  readonly kind: 'HASH' | 'RANGE';
}

export interface IndexModel {
  readonly name: string;
  readonly keys: readonly KeyModel[];
  readonly projection: {
    readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    readonly attributes?: readonly string[] | undefined;
  };
}

export interface TableModel extends Named {
  readonly attributeTypes: Readonly<Record<string, 'S' | 'N' | 'B'>>;
  readonly keys: readonly KeyModel[];
  readonly globalIndexes: readonly IndexModel[];
  readonly localIndexes: readonly IndexModel[];
}

export interface FunctionModel extends Named {
  readonly arn: string;
  /** The directory of its bundle. */
  readonly codeDirectory: string;
  /** `file.export`; the file has no extension. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number | undefined;
  /** Seconds by which its machine's clock is ahead; negative if it is behind. */
  readonly clockOffsetSeconds?: number | undefined;
}

export interface EventSourceModel {
  readonly logicalId: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly maxConcurrency?: number | undefined;
  readonly reportsFailures: boolean;
}

export interface TargetModel {
  /** The ARN of a function or a queue. */
  readonly arn: string;
  /** A fixed input that replaces the event, JSON. */
  readonly input?: string | undefined;
  /** Only for FIFO queues. */
  readonly messageGroupId?: string | undefined;
}

export interface RuleModel {
  readonly logicalId: string;
  readonly pattern?: Readonly<Record<string, unknown>> | undefined;
  /** `rate(…)` or `cron(…)`. */
  readonly schedule?: string | undefined;
  readonly targets: readonly TargetModel[];
}

export interface AuthorizerModel {
  readonly logicalId: string;
  readonly type: 'TOKEN' | 'REQUEST';
  readonly functionArn: string;
  /** Mapping expressions, for example `method.request.header.Authorization`. */
  readonly identitySources: readonly string[];
  readonly validationExpression?: string | undefined;
  readonly ttlSeconds: number;
}

export interface RouteModel {
  readonly logicalId: string;
  /** An HTTP method, or `ANY`. */
  readonly method: string;
  /** The path in the template, for example `/videos/{id}`. */
  readonly path: string;
  readonly functionArn: string;
  readonly authorizer?: AuthorizerModel | undefined;
  /** The time that the function has to answer, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

export interface GatewayResponseModel {
  readonly type: string;
  readonly statusCode?: number | undefined;
  /** Mapping expressions by header name. A literal stands in quotes: `'*'`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Templates by content type. */
  readonly templates: Readonly<Record<string, string>>;
}

export interface ApiModel {
  readonly id: string;
  readonly stageName: string;
  readonly routes: readonly RouteModel[];
  readonly gatewayResponses: readonly GatewayResponseModel[];
  readonly binaryMediaTypes: readonly string[];
}

export interface TriggerModel {
  readonly logicalId: string;
  readonly functionArn: string;
}

export interface ContainerModel {
  readonly name: string;
  readonly directory: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
  /** As in {@link FunctionModel}. */
  readonly clockOffsetSeconds?: number | undefined;
}
