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

/** The keys of functions/contracts/storage-keys.ts as patterns of IAM and EventBridge. */
const SOURCES = 'users/*/videos/*/source.*';
const FRAMES = 'users/*/videos/*/results/*/frames/*';
/** What self-tests write. */
const PROBES = 'probes/*';
const ZIPS = 'users/*/videos/*/results/*/frames.zip';

/** What a key of an uploaded video looks like, for rules on the bucket's events. */
export const SOURCE_KEY_PATTERN = SOURCES;

/** A day after nothing of the video can be downloaded any more. */
const OBJECT_LIFETIME = Duration.seconds(ARTIFACT_LIFETIME_SECONDS).plus(Duration.days(1));

export interface VideoStorageProps {
  readonly config: StageConfig;
}

/**
 * The bucket of sources, frames and ZIPs. Not versioned: what a user deletes is gone. Every grant names the objects
 * and the actions of one job.
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
        // What a self-test could not remove itself.
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
    // A bucket that is kept goes on refusing calls without TLS.
    this.bucket.policy?.applyRemovalPolicy(config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    // As a property of the bucket itself: the construct's own switch is a custom resource with a function of its own.
    const resource = this.bucket.node.defaultChild;
    if (!(resource instanceof s3.CfnBucket)) throw new Error('the bucket has no CloudFormation resource');
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** Signs forms that put a source there. */
  grantAcceptSource(workload: Workload): void {
    this.#grant(workload, ['s3:PutObject'], SOURCES);
    this.#describePublicAddress(workload);
  }

  /** Checks what arrived, and removes what is refused. */
  grantInspectSource(workload: Workload): void {
    this.#grant(workload, ['s3:GetObject', 's3:DeleteObject'], SOURCES);
    this.#grantList(workload);
  }

  /** Removes the source of a video that was discarded. */
  grantRemoveSource(workload: Workload): void {
    this.#grant(workload, ['s3:DeleteObject'], SOURCES);
  }

  /** Reads sources; writes and removes frames and ZIPs. */
  grantExtract(workload: Workload): void {
    this.#grant(workload, ['s3:GetObject'], SOURCES);
    this.#grant(workload, ['s3:PutObject'], FRAMES, ZIPS);
    this.grantDiscard(workload);
  }

  /** Removes frames and ZIPs, and ends the uploads of ZIPs that a run left unfinished. */
  grantDiscard(workload: Workload): void {
    this.#grant(workload, ['s3:DeleteObject', 's3:AbortMultipartUpload'], FRAMES, ZIPS);
    this.#grantList(workload, 's3:ListBucketMultipartUploads');
  }

  /** Looks at ZIPs and manifests, and signs URLs of ZIPs and frames. */
  grantServe(workload: Workload): void {
    this.#grant(workload, ['s3:GetObject'], FRAMES, ZIPS);
    this.#grantList(workload);
    this.#describePublicAddress(workload);
  }

  /** Removes frames and ZIPs whose time is over. */
  grantExpire(workload: Workload): void {
    this.#grant(workload, ['s3:DeleteObject'], FRAMES, ZIPS);
    this.#grantList(workload);
  }

  /** Writes, reads and removes a probe object. */
  grantProbe(workload: Workload): void {
    this.#grant(workload, ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'], PROBES);
  }

  #grant(workload: Workload, actions: string[], ...keys: string[]): void {
    const resourceArns = keys.map((key) => this.bucket.arnForObjects(key));
    iam.Grant.addToPrincipal({ grantee: workload, actions, resourceArns });
    this.#describe(workload);
  }

  /** Also what makes S3 answer 404 rather than 403 for an object that is not there. */
  #grantList(workload: Workload, ...others: 's3:ListBucketMultipartUploads'[]): void {
    iam.Grant.addToPrincipal({
      grantee: workload,
      actions: ['s3:ListBucket', ...others],
      resourceArns: [this.bucket.bucketArn],
    });
  }

  /** On AWS users and functions reach S3 by the same address. */
  #describePublicAddress(workload: Workload): void {
    if (this.#local) workload.addEnvironment(ENV_S3_PUBLIC_ENDPOINT, this.#local.publicStorageUrl);
  }

  #describe(workload: Workload): void {
    if (!this.#local) openGatewayEndpoints(workload);
    workload.addEnvironment(ENV_VIDEO_BUCKET, this.bucket.bucketName);
    workload.addEnvironment(ENV_S3_FORCE_PATH_STYLE, String(this.#local !== undefined));
  }
}
