import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

/** The objects to remove and the limit for it. */
export interface RemoveBelowOptions {
  bucket: string;
  prefix: string;
  /** Selects objects to keep. @default none */
  isKept?: (key: string) => boolean;
  /** After it aborts, no further page starts. */
  limit?: AbortSignal | undefined;
}

/**
 * Removes all objects below a prefix, in pages of at most 1000 keys. The call can be repeated.
 *
 * @throws Error after the last page if objects were not removed: such an object must not block the others
 */
export const removeBelow = async (
  s3: S3Client,
  { bucket, prefix, isKept = () => false, limit }: RemoveBelowOptions,
): Promise<void> => {
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
  const failures: (string | undefined)[] = [];
  for await (const { Contents: objects = [] } of pages) {
    limit?.throwIfAborted();
    const keys = objects.flatMap(({ Key }) => (Key === undefined || isKept(Key) ? [] : [{ Key }]));
    if (keys.length === 0) continue;
    const { Errors: errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys, Quiet: true } }),
    );
    failures.push(...errors.map(({ Code }) => Code));
  }
  if (failures.length > 0) throw new Error(`${failures.length} objects were not removed: ${failures[0]}`);
};
