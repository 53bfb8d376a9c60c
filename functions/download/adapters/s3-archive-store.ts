import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Manifest } from '../../contracts/manifest.ts';
import { isMissingObject } from '../../shared/storage/errors.ts';
import { removeBelow } from '../../shared/storage/remove-below.ts';
import type { ArchiveStore } from '../core/ports.ts';

/** ZIPs, frames and manifests in S3. */
export class S3ArchiveStore implements ArchiveStore {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async sizeOf(key: string): Promise<number | undefined> {
    try {
      return (await this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }))).ContentLength;
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async readManifest(key: string): Promise<Manifest | undefined> {
    try {
      const object = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return Manifest.parse(JSON.parse((await object.Body?.transformToString()) ?? ''));
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  removeBelow(prefix: string): Promise<void> {
    return removeBelow(this.#s3, { bucket: this.#bucket, prefix });
  }
}
