import { createHash } from 'node:crypto';
import { ACCOUNT_ID, PARTITION, REGION } from '../constants.ts';

const HASH_LENGTH = 8;

/** Physical names depend only on stack name and logical id. So every start finds the stored state again. */
export const bucketNameOf = (stack: string, logicalId: string): string =>
  shorten(`${stack}-${logicalId}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), 63);

/** Shortens a name to at most `maximum` characters. A hash of the whole name replaces the removed characters. */
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

/** Replaces an id that AWS would generate: ten hexadecimal digits. */
export const shortIdOf = (stack: string, logicalId: string): string =>
  createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 10);

/** An ARN of the local account. */
export const arnOf = (service: string, resource: string): string =>
  `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
