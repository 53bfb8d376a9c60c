import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type ByteRange, ExtractionError, untilAborted } from '../../../../engine/index.ts';
import type { HashedVideoSource } from '../../core/ports.ts';
import { SilenceWatch } from './silence-watch.ts';

export interface S3ObjectVersion {
  name: string;
  bucket: string;
  key: string;
  etag: string;
  sizeBytes: number;
  /** How long a read may wait for the next byte. */
  silenceMilliseconds: number;
}

const PRECONDITION_FAILED = 412;
/** Milliseconds before each further try of a stream whose last try brought no byte. */
const PAUSES = [50, 250, 1000];

/**
 * An object in S3 as a video source. Every read asks for the ETag that was checked after the upload.
 *
 * Every method throws ExtractionError SOURCE_REPLACED when the object is no longer the one that was checked, and the
 * signal's reason after the signal has aborted.
 */
export class S3VideoSource implements HashedVideoSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly #s3: S3Client;
  readonly #object: S3ObjectVersion;
  #sha256: string | undefined;

  constructor(s3: S3Client, object: S3ObjectVersion) {
    this.name = object.name;
    this.sizeBytes = object.sizeBytes;
    this.etag = object.etag;
    this.#s3 = s3;
    this.#object = object;
  }

  /** One try, for a caller that repeats it. @throws SilentConnectionError when no byte comes for too long. */
  async read({ offset, length }: ByteRange, signal: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#get(signal, `bytes=${offset}-${offset + length - 1}`)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /**
   * Goes on after the last byte, on another connection, when one breaks or falls silent. A reader may take its time
   * between two chunks: only the time of waiting for S3 counts.
   *
   * @throws the last try's error when several in a row brought no byte.
   */
  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let offset = 0;
    for (let failures = 0; ; ) {
      try {
        for await (const chunk of this.#get(signal, offset === 0 ? undefined : `bytes=${offset}-`)) {
          offset += chunk.byteLength;
          failures = 0;
          hash.update(chunk);
          yield chunk;
        }
        break;
      } catch (error) {
        // All bytes have arrived; only the connection's end is missing.
        if (offset > 0 && offset === this.sizeBytes && !signal.aborted) break;
        const pause = PAUSES[failures];
        if (signal.aborted || pause === undefined || error instanceof ExtractionError) throw error;
        failures += 1;
        await untilAborted(delay(pause, undefined, { signal }), signal);
      }
    }
    this.#sha256 = hash.digest('hex');
  }

  async sha256(signal: AbortSignal): Promise<string> {
    if (this.#sha256 === undefined) {
      for await (const chunk of this.stream(signal)) void chunk;
    }
    if (this.#sha256 === undefined) throw new Error('SHA-256 missing after the stream ended');
    return this.#sha256;
  }

  /** The bytes of one answer. @throws SilentConnectionError when no byte comes for too long, before or in the body. */
  async *#get(signal: AbortSignal, range?: string): AsyncGenerator<Uint8Array> {
    const { bucket: Bucket, key: Key, etag: IfMatch, silenceMilliseconds } = this.#object;
    const command = new GetObjectCommand({
      ...{ Bucket, Key, IfMatch },
      ...(range === undefined ? {} : { Range: range }),
    });
    const watch = new SilenceWatch(silenceMilliseconds);
    const ending = AbortSignal.any([signal, watch.signal]);
    let body: Readable | undefined;
    const breakOff = () => body?.destroy();
    ending.addEventListener('abort', breakOff, { once: true });
    try {
      watch.start();
      const answer = await untilAborted(this.#s3.send(command, { abortSignal: ending }), ending);
      if (!(answer.Body instanceof Readable)) throw new Error('S3 answered without a stream');
      body = answer.Body;
      ending.throwIfAborted();
      for await (const chunk of body) {
        watch.stop();
        yield chunk;
        watch.start();
      }
      // A body that is destroyed without an error ends like a whole one.
      ending.throwIfAborted();
    } catch (error) {
      throw ending.aborted ? ending.reason : replacedOr(error);
    } finally {
      watch.stop();
      ending.removeEventListener('abort', breakOff);
      breakOff();
    }
  }
}

const replacedOr = (error: unknown): unknown =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === PRECONDITION_FAILED
    ? new ExtractionError('SOURCE_REPLACED', 'The object was replaced after it was checked', { cause: error })
    : error;
