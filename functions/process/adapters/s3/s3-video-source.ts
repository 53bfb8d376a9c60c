import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ExtractionError } from '../../core/errors.ts';
import type { ByteRange, HashedVideoSource } from '../../core/video.ts';

export interface S3ObjectVersion {
  name: string;
  bucket: string;
  key: string;
  etag: string;
  sizeBytes: number;
}

const PRECONDITION_FAILED = 412;

/** An object in S3 as a video source. Every read asks for the ETag that was checked after the upload. */
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

  async read({ offset, length }: ByteRange, signal: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await this.#get(signal, `bytes=${offset}-${offset + length - 1}`))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    for await (const chunk of await this.#get(signal)) {
      hash.update(chunk);
      yield chunk;
    }
    this.#sha256 = hash.digest('hex');
  }

  async sha256(signal: AbortSignal): Promise<string> {
    if (this.#sha256 === undefined) {
      for await (const chunk of this.stream(signal)) void chunk;
    }
    if (this.#sha256 === undefined) throw new Error('The source ended without an end');
    return this.#sha256;
  }

  /** @throws ExtractionError SOURCE_REPLACED when the object is no longer the one that was checked. */
  async #get(signal: AbortSignal, range?: string): Promise<AsyncIterable<Uint8Array>> {
    const { bucket: Bucket, key: Key, etag: IfMatch } = this.#object;
    try {
      const answer = await this.#s3.send(
        new GetObjectCommand({ Bucket, Key, IfMatch, ...(range === undefined ? {} : { Range: range }) }),
        { abortSignal: signal },
      );
      if (!(answer.Body instanceof Readable)) throw new Error('S3 answered without a stream');
      return answer.Body;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === PRECONDITION_FAILED) {
        throw new ExtractionError('SOURCE_REPLACED', 'The object was replaced after it was checked', {
          cause: error,
        });
      }
      throw error;
    }
  }
}
