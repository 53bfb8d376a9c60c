import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

/** Which objects are removed, and until when. */
export interface RemoveBelowOptions {
  bucket: string;
  prefix: string;
  /** Objects that stay. @default none */
  isKept?: (key: string) => boolean;
  /** Once it aborts, no further page is begun. */
  limit?: AbortSignal | undefined;
}

/**
 * Removes every object below a prefix, a page of at most 1000 keys at a time. May be repeated.
 *
 * @throws after the last page, where objects were not removed: an object that stays must not keep the others.
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
