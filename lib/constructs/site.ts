import { join } from 'node:path';
import { CfnOutput, CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { ENV_SITE_BUCKET } from '../../functions/contracts/env.ts';
import { ROUTES } from '../../functions/contracts/routes.ts';
import {
  SITE_CONTENT_SECURITY_POLICY,
  SITE_OTHER_SECURITY_HEADERS,
  SITE_TRANSPORT_SECURITY_SECONDS,
} from '../../functions/contracts/site.ts';
import { sitePackageFiles } from '../build/site-files.ts';
import { asBucket } from './cdk-interfaces.ts';
import { codeFingerprint } from './code-fingerprint.ts';
import { NodeFunction, placeFunctions } from './node-function.ts';
import type { Platform } from './platform.ts';
import { openGatewayEndpoints } from './workload.ts';

export interface SiteProps {
  readonly platform: Platform;
  readonly api: apigateway.RestApi;
}

/**
 * One address for browsers: the static site from a private bucket, and the API at its paths (docs/adr/0033). The bucket
 * holds nothing that a deployment cannot make again.
 */
export class Site extends Construct {
  constructor(scope: Construct, id: string, { platform, api }: SiteProps) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: s3.BucketEncryption.S3_MANAGED,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `Frame Flow ${platform.config.stage}`,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
      defaultBehavior: this.#staticFiles(asBucket(bucket)),
      additionalBehaviors: behavioursOfApi(api),
    });
    publish(this, platform, bucket);
    new CfnOutput(this, 'Url', {
      description: 'The documentation and the API for browsers',
      value: `https://${distribution.distributionDomainName}/`,
    }).overrideLogicalId('SiteUrl');
  }

  #staticFiles(bucket: s3.IBucket): cloudfront.BehaviorOptions {
    return {
      // CloudFront may read and not list, so S3 answers 403 for a file that does not exist.
      origin: origins.S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      // It compresses, and keeps a file for as long as the file's own header says.
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: securityHeaders(this),
      functionAssociations: [
        {
          eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
          function: new cloudfront.Function(this, 'Paths', {
            runtime: cloudfront.FunctionRuntime.JS_2_0,
            code: cloudfront.FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'site-paths.js') }),
          }),
        },
      ],
    };
  }
}

/** The headers of SITE_SECURITY_HEADERS, in CloudFront's words. */
const securityHeaders = (scope: Construct): cloudfront.ResponseHeadersPolicy =>
  new cloudfront.ResponseHeadersPolicy(scope, 'SecurityHeaders', {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: SITE_CONTENT_SECURITY_POLICY, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
      referrerPolicy: {
        referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER,
        override: true,
      },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.seconds(SITE_TRANSPORT_SECURITY_SECONDS),
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(SITE_OTHER_SECURITY_HEADERS).map(([header, value]) => ({
        header,
        value,
        override: true,
      })),
    },
  });

/** One behaviour for each first part of the registry's paths: a distribution has 25 at most. */
const behavioursOfApi = (api: apigateway.RestApi): Record<string, cloudfront.BehaviorOptions> => {
  const behaviour: cloudfront.BehaviorOptions = {
    origin: new origins.RestApiOrigin(api),
    allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
    // API Gateway finds its API by the host, so it has to get its own.
    originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  };
  const patterns = Object.values(ROUTES).map(({ path }) => {
    const [, first = '', ...rest] = path.split('/');
    return rest.length === 0 ? `/${first}` : `/${first}/*`;
  });
  return Object.fromEntries([...new Set(patterns)].map((pattern) => [pattern, behaviour]));
};

/** Fills the bucket in each deployment that changes a file of the site, and empties it before it is deleted. */
const publish = (scope: Construct, platform: Platform, bucket: s3.Bucket): void => {
  const { config } = platform;
  const placement = placeFunctions(scope, platform.network);
  const handler = new NodeFunction(scope, 'Publish', {
    config,
    placement,
    entry: 'site/publish.lambda.ts',
    description: 'Publishes the static site',
    timeout: Duration.minutes(1),
    memoryMegabytes: 512,
    files: sitePackageFiles(),
  });
  handler.addEnvironment(ENV_SITE_BUCKET, bucket.bucketName);
  iam.Grant.addToPrincipal({
    grantee: handler,
    actions: ['s3:PutObject', 's3:DeleteObject'],
    resourceArns: [bucket.arnForObjects('*')],
  });
  iam.Grant.addToPrincipal({
    grantee: handler,
    actions: ['s3:ListBucket'],
    resourceArns: [bucket.bucketArn],
  });
  openGatewayEndpoints(handler);
  const provider = new Provider(scope, 'Publisher', {
    onEventHandler: handler,
    logGroup: new logs.LogGroup(scope, 'PublisherLogs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
  const published = new CustomResource(scope, 'Published', {
    resourceType: 'Custom::Site',
    serviceToken: provider.serviceToken,
    properties: { Fingerprint: codeFingerprint(handler) },
  });
  // The security group holds the rules that let the function reach S3, also while the stack is deleted.
  if (placement) published.node.addDependency(placement.securityGroup);
};
