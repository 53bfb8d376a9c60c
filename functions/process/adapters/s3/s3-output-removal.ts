import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  parseSourceKey,
  type RunObjects,
  resultPrefix,
  type VideoObjects,
  videoPrefix,
} from '../../../contracts/storage-keys.ts';
import { isMissingObject } from '../../../shared/storage/errors.ts';
import { removeBelow } from '../../../shared/storage/remove-below.ts';
import type { OutputRemoval } from '../../core/ports.ts';

/** Removes output from the video bucket. Functions that only remove need no engine and no ZIP writer in their bundle. */
export class S3OutputRemoval implements OutputRemoval {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  discardRun(run: RunObjects, limit?: AbortSignal): Promise<void> {
    return this.#deleteBelow(resultPrefix(run), limit);
  }

  discardOutput(video: VideoObjects): Promise<void> {
    return this.#deleteBelow(videoPrefix(video));
  }

  /** Deletes every object below the prefix but the source, and ends the uploads under way there. */
  async #deleteBelow(prefix: string, limit?: AbortSignal): Promise<void> {
    const options = limit ? { abortSignal: limit } : {};
    // Uploads first: one that completes meanwhile becomes an object, which the listing then finds.
    await this.#abortUploadsBelow(prefix, options);
    await removeBelow(this.#s3, { bucket: this.#bucket, prefix, isKept: isSource, limit });
  }

  /** Without this, the upload of a killed process would stay until the bucket's lifecycle rule ends it. */
  async #abortUploadsBelow(prefix: string, options: { abortSignal?: AbortSignal }): Promise<void> {
    const bucket = { Bucket: this.#bucket };
    // At most 1000 uploads are listed, far more than one video can have under way.
    const { Uploads: uploads = [] } = await this.#s3.send(
      new ListMultipartUploadsCommand({ ...bucket, Prefix: prefix }),
      options,
    );
    for (const { Key, UploadId } of uploads) {
      if (Key === undefined || isSource(Key)) continue;
      try {
        await this.#s3.send(new AbortMultipartUploadCommand({ ...bucket, Key, UploadId }), options);
      } catch (error) {
        // The upload's own run, or another sweep, ended it first.
        if (!isMissingObject(error)) throw error;
      }
    }
  }
}

const isSource = (key: string): boolean => parseSourceKey(key) !== undefined;
