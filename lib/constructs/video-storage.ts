import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  ENV_S3_FORCE_PATH_STYLE,
  ENV_S3_PUBLIC_ENDPOINT,
  ENV_VIDEO_BUCKET,
} from '../../functions/contracts/env.ts';
import { ARTIFACT_LIFETIME_SECONDS } from '../../functions/contracts/limits.ts';
import type { LocalServices } from '../config/local-services.ts';
import type { StageConfig } from '../config/stage.ts';
import { openGatewayEndpoints, type Workload } from './workload.ts';

/** The keys of functions/contracts/storage-keys.ts as patterns for IAM and EventBridge. */
const SOURCES = 'users/*/videos/*/source.*';
const FRAMES = 'users/*/videos/*/results/*/frames/*';
/** Objects of self-tests. */
const PROBES = 'probes/*';
const ZIPS = 'users/*/videos/*/results/*/frames.zip';

/** The key pattern of uploaded videos, for rules on the bucket's events. */
export const SOURCE_KEY_PATTERN = SOURCES;

/** One day more than the time in which a video's result can be downloaded. */
const OBJECT_LIFETIME = Duration.seconds(ARTIFACT_LIFETIME_SECONDS).plus(Duration.days(1));

export interface VideoStorageProps {
  readonly config: StageConfig;
}

/**
 * The bucket for sources, frames and ZIPs. It is not versioned, so that deleted objects are really gone. Each grant has
 * the objects and the actions of one task.
 */
export class VideoStorage extends Construct {
  readonly bucket: s3.Bucket;
  readonly #local: LocalServices | undefined;

  constructor(scope: Construct, id: string, { config }: VideoStorageProps) {
    super(scope, id);
    this.#local = config.local;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: s3.BucketEncryption.S3_MANAGED,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        { id: 'abort-stale-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Objects that a self-test could not remove.
        { id: 'expire-probes', prefix: 'probes/', expiration: Duration.days(1) },
        { id: 'expire-videos', prefix: 'users/', expiration: OBJECT_LIFETIME },
      ],
      cors: [
        {
          allowedOrigins: config.allowedOrigins,
          allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.POST],
          allowedHeaders: ['*'],
          exposedHeaders: ['ETag'],
          maxAge: 3600,
        },
      ],
    });
    // A kept bucket must continue to refuse calls without TLS.
    this.bucket.policy?.applyRemovalPolicy(config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    // Set directly on the bucket, because the construct's option creates a custom resource with its own function.
    const resource = this.bucket.node.defaultChild;
    if (!(resource instanceof s3.CfnBucket)) throw new Error('the bucket has no CloudFormation resource');
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** For signing forms that upload a source. */
  grantAcceptSource(workload: Workload): void {
    this.#grant(workload, ['s3:PutObject'], SOURCES);
    this.#describePublicAddress(workload);
  }

  /** For checking uploaded sources and removing refused ones. */
  grantInspectSource(workload: Workload): void {
    this.#grant(workload, ['s3:GetObject', 's3:DeleteObject'], SOURCES);
    this.#grantList(workload);
  }

  /** For removing the source of a discarded video. */
  grantRemoveSource(workload: Workload): void {
    this.#grant(workload, ['s3:DeleteObject'], SOURCES);
  }

  /** For reading sources, and for writing and removing frames and ZIPs. */
  grantExtract(workload: Workload): void {
    this.#grant(workload, ['s3:GetObject'], SOURCES);
    this.#grant(workload, ['s3:PutObject'], FRAMES, ZIPS);
    this.grantDiscard(workload);
  }

  /** For removing frames and ZIPs, and for aborting unfinished uploads of ZIPs. */
  grantDiscard(workload: Workload): void {
    this.#grant(workload, ['s3:DeleteObject', 's3:AbortMultipartUpload'], FRAMES, ZIPS);
    this.#grantList(workload, 's3:ListBucketMultipartUploads');
  }

  /** For reading ZIPs and manifests, and for signing URLs of ZIPs and frames. */
  grantServe(workload: Workload): void {
    this.#grant(workload, ['s3:GetObject'], FRAMES, ZIPS);
    this.#grantList(workload);
    this.#describePublicAddress(workload);
  }

  /** For removing expired frames and ZIPs. */
  grantExpire(workload: Workload): void {
    this.#grant(workload, ['s3:DeleteObject'], FRAMES, ZIPS);
    this.#grantList(workload);
  }

  /** For writing, reading and removing a probe object. */
  grantProbe(workload: Workload): void {
    this.#grant(workload, ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'], PROBES);
  }

  #grant(workload: Workload, actions: string[], ...keys: string[]): void {
    const resourceArns = keys.map((key) => this.bucket.arnForObjects(key));
    iam.Grant.addToPrincipal({ grantee: workload, actions, resourceArns });
    this.#describe(workload);
  }

  /** Also makes S3 return 404 instead of 403 for a missing object. */
  #grantList(workload: Workload, ...others: 's3:ListBucketMultipartUploads'[]): void {
    iam.Grant.addToPrincipal({
      grantee: workload,
      actions: ['s3:ListBucket', ...others],
      resourceArns: [this.bucket.bucketArn],
    });
  }

  /** On AWS, users and functions use the same address of S3. */
  #describePublicAddress(workload: Workload): void {
    if (this.#local) workload.addEnvironment(ENV_S3_PUBLIC_ENDPOINT, this.#local.publicStorageUrl);
  }

  #describe(workload: Workload): void {
    if (!this.#local) openGatewayEndpoints(workload);
    workload.addEnvironment(ENV_VIDEO_BUCKET, this.bucket.bucketName);
    workload.addEnvironment(ENV_S3_FORCE_PATH_STYLE, String(this.#local !== undefined));
  }
}
