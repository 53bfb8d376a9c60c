import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Manifest } from '../../../contracts/manifest.ts';
import { framesPrefix, manifestKey, type RunObjects, zipKey } from '../../../contracts/storage-keys.ts';
import type { FrameOutput } from '../../core/ports.ts';
import { StoredZip } from './stored-zip.ts';

/** Single frames on their way to S3 at a time. */
const FRAME_UPLOADS = 4;
/** A collection takes some tens of milliseconds, a JPEG up to a few megabytes. */
const FRAMES_PER_COLLECTION = 32;
const PART_BYTES = 5 * 1024 * 1024;

export interface FrameOutputOptions {
  s3: S3Client;
  bucket: string;
  run: RunObjects;
  signal: AbortSignal;
}

/**
 * Writes frames to S3, each by itself and all into one ZIP. The ZIP is a multipart upload under its final key: S3
 * shows nothing there until the upload is completed, which is the last thing done.
 */
export class S3FrameOutput implements FrameOutput {
  readonly #options: FrameOutputOptions;
  readonly #zip = new StoredZip();
  readonly #uploaded: Promise<unknown>;
  readonly #frames = new Set<Promise<unknown>>();
  #added = 0;
  #failure: { error: unknown } | undefined;

  constructor(options: FrameOutputOptions) {
    this.#options = options;
    const { s3: client, bucket: Bucket, run } = options;
    const upload = new Upload({
      client,
      params: { Bucket, Key: zipKey(run), Body: this.#zip.content, ContentType: 'application/zip' },
      partSize: PART_BYTES,
      queueSize: 2,
      leavePartsOnError: false,
    });
    this.#uploaded = upload.done();
    this.#uploaded.catch((error: unknown) => {
      this.#failure ??= { error };
      this.#zip.abort(error instanceof Error ? error : new Error('The upload failed', { cause: error }));
    });
  }

  async add(fileName: string, jpeg: Uint8Array): Promise<string> {
    while (this.#frames.size >= FRAME_UPLOADS) await Promise.race(this.#frames);
    this.#check();
    this.#putFrame(fileName, jpeg);
    await this.#addToZip(fileName, jpeg);
    this.#collect();
    return createHash('sha256').update(jpeg).digest('hex');
  }

  /** Where the process lets us (`--expose-gc`): V8 waits with what is outside its heap until there is much of it. */
  #collect(): void {
    this.#added += 1;
    if (this.#added % FRAMES_PER_COLLECTION === 0) globalThis.gc?.();
  }

  async publish(manifest: Manifest): Promise<{ sizeBytes: number; sha256: string }> {
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await this.#put(manifestKey(this.#options.run), text, 'application/json');
    await Promise.all(this.#frames);
    await this.#addToZip('manifest.json', text);
    this.#check();
    this.#zip.end();
    await this.#uploaded;
    return this.#zip.digest();
  }

  async abort(): Promise<void> {
    // Breaking the content off makes the upload fail and abort its parts; its own abort() would not wait for that.
    this.#zip.abort(new Error('The extraction failed'));
    await Promise.allSettled([this.#uploaded, ...this.#frames]);
  }

  #putFrame(fileName: string, jpeg: Uint8Array): void {
    const upload = this.#put(`${framesPrefix(this.#options.run)}${fileName}`, jpeg, 'image/jpeg')
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#frames.delete(upload));
    this.#frames.add(upload);
  }

  async #put(Key: string, Body: Uint8Array, ContentType: string): Promise<void> {
    const { s3, bucket: Bucket, signal } = this.#options;
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }), { abortSignal: signal });
  }

  async #addToZip(name: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#zip.add(name, bytes);
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  /** @throws what the first failed upload failed of. */
  #check(): void {
    this.#options.signal.throwIfAborted();
    if (this.#failure) throw this.#failure.error;
  }
}
