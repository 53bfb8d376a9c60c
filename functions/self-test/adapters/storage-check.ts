import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { probeKey } from '../../contracts/storage-keys.ts';
import { S3_CALLS } from '../../shared/aws/call-limits.ts';
import { parseEnv } from '../../shared/config/env.ts';
import { StorageEnv } from '../../shared/config/schemas.ts';
import { createS3Client } from '../../shared/storage/s3-client.ts';
import type { Check } from '../core/check.ts';

/** Writes its own object, reads it, and removes it even if reading fails. */
export const storageCheck = (): Check => ({
  name: 'storage',
  limitSeconds: 20,
  run: async (abortSignal) => {
    const env = parseEnv(StorageEnv, process.env);
    const client = createS3Client(env, S3_CALLS);
    const content = randomUUID();
    const target = { Bucket: env.VIDEO_BUCKET, Key: probeKey(content) };
    const outcome = await settle(async () => {
      await client.send(new PutObjectCommand({ ...target, Body: content }), { abortSignal });
      const { Body } = await client.send(new GetObjectCommand(target), { abortSignal });
      if ((await Body?.transformToString()) !== content)
        throw new Error('the read content differs from the written content');
    });
    // Without the signal, so that the object is removed even after the limit. The client's own limits end the call.
    const removal = await settle(() => client.send(new DeleteObjectCommand(target)));
    client.destroy();
    const failed = [outcome, removal].find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  },
  explain: (reason) =>
    `A probe object cannot be written, read and removed in the bucket (${reason}): look at VIDEO_BUCKET, at the rights ` +
    'on probes/* and at the gateway endpoint of S3.',
});

const settle = async (work: () => Promise<unknown>): Promise<PromiseSettledResult<unknown>> => {
  const [outcome] = await Promise.allSettled([work()]);
  return outcome;
};
