import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isMissingObject } from '../../shared/storage/errors.ts';
import type { SourceStore } from '../core/ports.ts';

/** The uploaded objects in S3. */
export class S3SourceStore implements SourceStore {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async head(storageKey: string): Promise<{ sizeBytes: number; etag: string } | undefined> {
    try {
      const object = await this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: storageKey }));
      if (object.ContentLength === undefined || object.ETag === undefined) {
        throw new Error('S3 returned no size or no ETag for an object');
      }
      return { sizeBytes: object.ContentLength, etag: object.ETag };
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async read(storageKey: string, etag: string, offset: number, bytes: number): Promise<Uint8Array> {
    const object = await this.#s3.send(
      new GetObjectCommand({
        Bucket: this.#bucket,
        Key: storageKey,
        IfMatch: etag,
        Range: `bytes=${offset}-${offset + bytes - 1}`,
      }),
    );
    return (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async remove(storageKey: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: storageKey }));
  }
}
