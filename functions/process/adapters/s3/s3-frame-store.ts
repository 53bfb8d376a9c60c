import type { S3Client } from '@aws-sdk/client-s3';
import { untilAborted } from '../../../../engine/index.ts';
import type { ProcessFile } from '../../../contracts/events.ts';
import type { RunObjects, VideoObjects } from '../../../contracts/storage-keys.ts';
import type { FrameOutput, FrameStore, HashedVideoSource } from '../../core/ports.ts';
import { outputKeys } from './output-keys.ts';
import { S3FrameOutput } from './s3-frame-output.ts';
import { S3OutputRemoval } from './s3-output-removal.ts';
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
  readonly #removal: S3OutputRemoval;

  constructor(s3: S3Client, bucket: string, limits: StorageLimits = LIMITS) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#limits = limits;
    this.#removal = new S3OutputRemoval(s3, bucket);
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
    const removal = this.#removal.discardRun(run, limit);
    return limit ? untilAborted(removal, limit) : removal;
  }

  discardOutput(video: VideoObjects): Promise<void> {
    return this.#removal.discardOutput(video);
  }
}
