import { wrongClock } from '../clock/wrong-clock.ts';
import { ACCESS_KEY_ID, REGION } from '../constants.ts';
import type { FunctionModel } from '../template/model.ts';

/** Endpoints for the AWS SDK, each `http://host:port`. */
export interface AwsEndpoints {
  readonly s3: string;
  readonly sqs: string;
  readonly dynamodb: string;
}

/** Credentials, region and endpoints as environment variables for an AWS SDK. */
export const awsEnvironment = (endpoints: AwsEndpoints, secretAccessKey: string): Record<string, string> => ({
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ACCESS_KEY_ID: ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_ENDPOINT_URL_S3: endpoints.s3,
  AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  // The SDK reads no shared configuration and does not wait for a metadata service.
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
});

/**
 * A function's environment as on Lambda. It contains only PATH of the developer's shell.
 * @param temporaryDirectory the sandbox's /tmp
 * @param runtimeApi `host:port/path` of the sandbox's Runtime API
 */
export const sandboxEnvironment = (
  fn: FunctionModel,
  aws: Readonly<Record<string, string>>,
  temporaryDirectory: string,
  runtimeApi: string,
  sandboxId: string,
): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  TMPDIR: temporaryDirectory,
  _HANDLER: fn.handler,
  LAMBDA_TASK_ROOT: fn.codeDirectory,
  LAMBDA_RUNTIME_DIR: import.meta.dirname,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_RUNTIME_API: runtimeApi,
  AWS_LAMBDA_FUNCTION_NAME: fn.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: sandboxId,
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  ...wrongClock(fn).environment,
  ...aws,
  ...fn.environment,
});
