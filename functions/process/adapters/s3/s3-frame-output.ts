import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { MANIFEST_FILE_NAME, manifestText } from '../../../../archive/manifest.ts';
import { StoredZip } from '../../../../archive/stored-zip.ts';
import { untilAborted } from '../../../../engine/index.ts';
import type { Manifest } from '../../../contracts/manifest.ts';
import type { FrameOutput } from '../../core/ports.ts';
import { uploadInParts } from './multipart-upload.ts';
import type { OutputKeys } from './output-keys.ts';

/** Single frames on their way to S3 at a time. */
const FRAME_UPLOADS = 4;
/** A collection takes some tens of milliseconds, a JPEG up to a few megabytes. */
const FRAMES_PER_COLLECTION = 32;

export interface FrameOutputOptions {
  s3: S3Client;
  bucket: string;
  keys: OutputKeys;
  /** Ends the output: methods that wait then throw the signal's reason. */
  signal: AbortSignal;
  /** Maximum time in which `abort` ends the uploads and removes the ZIP's parts. */
  cleanupMilliseconds: number;
}

/**
 * Writes frames to S3, each by itself and all into one ZIP. The ZIP is a multipart upload under its final key: S3 shows
 * nothing there until the upload is completed, which is the last step.
 *
 * Every method ends when the signal aborts, also where S3 is silent; only `abort` may take its own time after that.
 */
export class S3FrameOutput implements FrameOutput {
  readonly #options: FrameOutputOptions;
  readonly #zip = new StoredZip();
  readonly #uploaded: Promise<void>;
  readonly #frames = new Set<Promise<unknown>>();
  /** Ends the upload of the ZIP when the output is aborted. */
  readonly #zipEnding = new AbortController();
  /** Ends the frames that are still under way at the end of the cleanup's time. */
  readonly #framesEnding = new AbortController();
  readonly #frameSignal: AbortSignal;
  #added = 0;
  #failure: { error: unknown } | undefined;

  constructor(options: FrameOutputOptions) {
    this.#options = options;
    const { s3, bucket, keys, signal, cleanupMilliseconds } = options;
    this.#frameSignal = AbortSignal.any([signal, this.#framesEnding.signal]);
    this.#uploaded = uploadInParts(this.#zip.content, {
      ...{ s3, bucket, key: keys.zip, contentType: 'application/zip', cleanupMilliseconds },
      signal: AbortSignal.any([signal, this.#zipEnding.signal]),
    });
    this.#uploaded.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async add(fileName: string, jpeg: Uint8Array): Promise<string> {
    const { signal } = this.#options;
    while (this.#frames.size >= FRAME_UPLOADS) await untilAborted(Promise.race(this.#frames), signal);
    this.#check();
    this.#putFrame(fileName, jpeg);
    await this.#addToZip(fileName, jpeg);
    this.#collect();
    return createHash('sha256').update(jpeg).digest('hex');
  }

  /** Collects garbage where the process allows it (`--expose-gc`): V8 frees memory outside its heap late. */
  #collect(): void {
    this.#added += 1;
    if (this.#added % FRAMES_PER_COLLECTION === 0) globalThis.gc?.();
  }

  async publish(manifest: Manifest): Promise<{ sizeBytes: number; sha256: string }> {
    const { keys, signal } = this.#options;
    const text = Buffer.from(manifestText(manifest));
    await untilAborted(this.#put(keys.manifest, text, 'application/json'), signal);
    await untilAborted(Promise.all(this.#frames), signal);
    await this.#addToZip(MANIFEST_FILE_NAME, text);
    this.#check();
    this.#zip.end();
    await untilAborted(this.#uploaded, signal);
    return this.#zip.digest();
  }

  async abort(): Promise<void> {
    this.#zipEnding.abort(new Error('The extraction failed'));
    // Waits for the frames under way: one that S3 accepts after its video was discarded would stay there.
    const limit = setTimeout(
      () => this.#framesEnding.abort(new Error('S3 did not answer within the cleanup')),
      this.#options.cleanupMilliseconds,
    );
    const frames = untilAborted(Promise.all(this.#frames), this.#framesEnding.signal);
    await Promise.allSettled([this.#uploaded, frames]);
    clearTimeout(limit);
  }

  #putFrame(fileName: string, jpeg: Uint8Array): void {
    const upload = this.#put(`${this.#options.keys.framesPrefix}${fileName}`, jpeg, 'image/jpeg')
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#frames.delete(upload));
    this.#frames.add(upload);
  }

  async #put(Key: string, Body: Uint8Array, ContentType: string): Promise<void> {
    const { s3, bucket: Bucket } = this.#options;
    const command = new PutObjectCommand({ Bucket, Key, Body, ContentType });
    await s3.send(command, { abortSignal: this.#frameSignal });
  }

  async #addToZip(name: string, bytes: Uint8Array): Promise<void> {
    try {
      // Does not wait beyond the signal: it ends the upload, which destroys the content.
      await this.#zip.add(name, bytes);
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  /** @throws the signal's reason, or the error of the first upload that failed. */
  #check(): void {
    this.#options.signal.throwIfAborted();
    if (this.#failure) throw this.#failure.error;
  }
}
