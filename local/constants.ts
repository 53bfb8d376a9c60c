import { join } from 'node:path';

/** What the dev stack downloads stays here, in the project, for all its state directories. */
export const CACHE_DIRECTORY = join(import.meta.dirname, '..', '.cache');

/** Region, account and partition that every local ARN carries; `fauxqs` knows no other account. */
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';
export const PARTITION = 'aws';
export const URL_SUFFIX = 'amazonaws.com';

/** The access key id of everything local; its secret is generated once per state directory. */
export const ACCESS_KEY_ID = 'LOCALFRAMEFLOW';

/** Everything listens here only: nothing of the dev stack is for the network. */
export const LOOPBACK = '127.0.0.1';

/** What `rate(1 minute)`, the shortest rate AWS has, means locally, in milliseconds. */
export const LOCAL_MINUTE_RATE_MILLISECONDS = 5_000;

/** The oldest Node that runs the functions: they are deployed on nodejs24.x. */
export const REQUIRED_NODE_MAJOR = 24;

/** API Gateway gives a Lambda this long to answer, in milliseconds. */
export const API_INTEGRATION_TIMEOUT_MILLISECONDS = 29_000;

/** API Gateway refuses a larger request body, in bytes: 10 MB. */
export const API_MAX_BODY_BYTES = 10 * 1024 * 1024;
