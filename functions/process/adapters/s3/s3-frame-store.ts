import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { untilAborted } from '../../../../engine/index.ts';
import type { ProcessFile } from '../../../contracts/events.ts';
import {
  parseSourceKey,
  type RunObjects,
  resultPrefix,
  type VideoObjects,
  videoPrefix,
} from '../../../contracts/storage-keys.ts';
import { isMissingObject } from '../../../shared/storage/errors.ts';
import { removeBelow } from '../../../shared/storage/remove-below.ts';
import type { FrameOutput, FrameStore, HashedVideoSource } from '../../core/ports.ts';
import { outputKeys } from './output-keys.ts';
import { S3FrameOutput } from './s3-frame-output.ts';
import { S3VideoSource } from './s3-video-source.ts';

export interface StorageLimits {
  /** How long a read may wait for the next byte before it is tried again on another connection. */
  silenceMilliseconds: number;
  /** How long a failed output may take to end its uploads and remove its parts. */
  cleanupMilliseconds: number;
}

/**
 * Silence: S3 sends the first byte of an answer within two seconds, even when it is slow. Cleanup: together with the
 * transaction that records the failure it takes less than the attempt's budget leaves (`core/budget.ts`).
 */
const LIMITS: StorageLimits = { silenceMilliseconds: 5_000, cleanupMilliseconds: 5_000 };

/** Videos, frames and ZIPs in the video bucket. */
export class S3FrameStore implements FrameStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #limits: StorageLimits;

  constructor(s3: S3Client, bucket: string, limits: StorageLimits = LIMITS) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#limits = limits;
  }

  openSource({ payload: { source } }: ProcessFile): HashedVideoSource {
    return new S3VideoSource(this.#s3, {
      name: source.fileName,
      bucket: this.#bucket,
      key: source.storageKey,
      etag: source.etag,
      sizeBytes: source.sizeBytes,
      silenceMilliseconds: this.#limits.silenceMilliseconds,
    });
  }

  begin(run: RunObjects, signal: AbortSignal): FrameOutput {
    const { cleanupMilliseconds } = this.#limits;
    const keys = outputKeys(run);
    return new S3FrameOutput({ s3: this.#s3, bucket: this.#bucket, keys, signal, cleanupMilliseconds });
  }

  discardRun(run: RunObjects, limit?: AbortSignal): Promise<void> {
    const removal = this.#deleteBelow(resultPrefix(run), limit);
    return limit ? untilAborted(removal, limit) : removal;
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
