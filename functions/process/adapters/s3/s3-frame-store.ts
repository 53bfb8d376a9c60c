import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ProcessFile } from '../../../contracts/events.ts';
import {
  parseSourceKey,
  type RunObjects,
  resultPrefix,
  type VideoObjects,
  videoPrefix,
} from '../../../contracts/storage-keys.ts';
import type { FrameOutput, FrameStore } from '../../core/ports.ts';
import type { HashedVideoSource } from '../../core/video.ts';
import { S3FrameOutput } from './s3-frame-output.ts';
import { S3VideoSource } from './s3-video-source.ts';

/** Videos, frames and ZIPs in the video bucket. */
export class S3FrameStore implements FrameStore {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  openSource({ payload: { source } }: ProcessFile): HashedVideoSource {
    return new S3VideoSource(this.#s3, {
      name: source.fileName,
      bucket: this.#bucket,
      key: source.storageKey,
      etag: source.etag,
      sizeBytes: source.sizeBytes,
    });
  }

  begin(run: RunObjects, signal: AbortSignal): FrameOutput {
    return new S3FrameOutput({ s3: this.#s3, bucket: this.#bucket, run, signal });
  }

  discardRun(run: RunObjects): Promise<void> {
    return this.#deleteBelow(resultPrefix(run));
  }

  discardOutput(video: VideoObjects): Promise<void> {
    return this.#deleteBelow(videoPrefix(video));
  }

  /** Deletes every object below the prefix but the source. */
  async #deleteBelow(prefix: string): Promise<void> {
    const pages = paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents: objects = [] } of pages) {
      await this.#delete(objects.flatMap(({ Key }) => (Key && !parseSourceKey(Key) ? [Key] : [])));
    }
  }

  /** At most 1000 keys, as a listing's page has. */
  async #delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { Errors: errors = [] } = await this.#s3.send(
      new DeleteObjectsCommand({
        Bucket: this.#bucket,
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    const [first] = errors;
    if (first) throw new Error(`${errors.length} objects were not deleted: ${first.Code}`);
  }
}
