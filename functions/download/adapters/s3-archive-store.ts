import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Manifest } from '../../contracts/manifest.ts';
import { isMissingObject } from '../../shared/storage/errors.ts';
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

  async removeBelow(prefix: string): Promise<void> {
    const pages = paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket, Prefix: prefix });
    const failures: (string | undefined)[] = [];
    for await (const { Contents: objects = [] } of pages) {
      const keys = objects.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
      if (keys.length === 0) continue;
      const { Errors: errors = [] } = await this.#s3.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects: keys, Quiet: true } }),
      );
      failures.push(...errors.map(({ Code }) => Code));
    }
    // After the last page: an object that stays must not keep the others.
    if (failures.length > 0) throw new Error(`${failures.length} objects not removed: ${failures[0]}`);
  }
}
