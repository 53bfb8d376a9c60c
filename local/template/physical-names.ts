import { createHash } from 'node:crypto';
import { ACCOUNT_ID, PARTITION, REGION } from '../constants.ts';

const HASH_LENGTH = 8;

/** Physical names, from stack name and logical id alone: the same at every start, so that state is found again. */
export const bucketNameOf = (stack: string, logicalId: string): string =>
  shorten(`${stack}-${logicalId}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), 63);

/** At most `maximum` characters; what is cut is replaced by a hash of the whole. */
const shorten = (name: string, maximum: number): string => {
  if (name.length <= maximum) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, maximum - HASH_LENGTH - 1)}-${hash}`;
};

export const queueNameOf = (stack: string, logicalId: string, fifo: boolean): string => {
  const suffix = fifo ? '.fifo' : '';
  return `${shorten(`${stack}-${logicalId}`, 80 - suffix.length)}${suffix}`;
};

export const tableNameOf = (stack: string, logicalId: string): string =>
  shorten(`${stack}-${logicalId}`, 255);

export const functionNameOf = (stack: string, logicalId: string): string =>
  shorten(`${stack}-${logicalId}`, 64);

/** Ids that AWS would make up: ten letters and digits. */
export const shortIdOf = (stack: string, logicalId: string): string =>
  createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 10);

/** An ARN of the local account. */
export const arnOf = (service: string, resource: string): string =>
  `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
