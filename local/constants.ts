import { join } from 'node:path';

/** Downloads of the dev stack. All state directories of the project share them. */
export const CACHE_DIRECTORY = join(import.meta.dirname, '..', '.cache');

/** Region, account and partition in every local ARN. `fauxqs` supports only this account. */
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';
export const PARTITION = 'aws';
export const URL_SUFFIX = 'amazonaws.com';

/** The only local access key id. Its secret is generated once per state directory. */
export const ACCESS_KEY_ID = 'LOCALFRAMEFLOW';

/** The only address that the dev stack listens on. It is not reachable from the network. */
export const LOOPBACK = '127.0.0.1';

/** The local length of `rate(1 minute)`, in milliseconds. One minute is the shortest rate on AWS. */
export const LOCAL_MINUTE_RATE_MILLISECONDS = 5_000;

/** The time that API Gateway gives a Lambda to answer, in milliseconds. */
export const API_INTEGRATION_TIMEOUT_MILLISECONDS = 29_000;

/** The largest request body that API Gateway accepts, in bytes: 10 MiB. */
export const API_MAX_BODY_BYTES = 10 * 1024 * 1024;
