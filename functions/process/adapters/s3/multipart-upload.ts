import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { untilAborted } from '../../../../engine/index.ts';

/** S3 takes no smaller part, except for the last one. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_A_TIME = 2;
/** Within the cleanup, a request that takes longer is repeated on another connection. */
const CLEANUP_REQUEST_MILLISECONDS = 2_000;

export interface UploadTarget {
  s3: S3Client;
  bucket: string;
  key: string;
  contentType: string;
  /** Ends the upload at once; its reason is thrown. */
  signal: AbortSignal;
  /** Maximum time in which a failed upload removes its parts. */
  cleanupMilliseconds: number;
}

/**
 * Sends a stream to S3 as one object. The object becomes visible, whole, with the last request and not before. Content
 * that fills no part is sent by a single PutObject.
 *
 * An upload that fails, or is ended by its signal, destroys the content with the same error and removes its parts.
 * Where S3 does not answer within the cleanup's time limit, the parts stay until the bucket's lifecycle rule removes
 * them.
 *
 * @throws the signal's reason when it aborted, the content's own error, or the error of S3.
 */
export const uploadInParts = async (content: Readable, target: UploadTarget): Promise<void> => {
  const upload = new MultipartUpload(target, (reason) => content.destroy(reason));
  try {
    for await (const { bytes, isLast } of partsOf(content)) await upload.add(bytes, isLast);
    await upload.complete();
  } catch (error) {
    await upload.abandon(error);
    throw upload.reason;
  }
};

class MultipartUpload {
  readonly #target: UploadTarget;
  /** Aborts when the upload ends without success: by its signal, or by its first failure. */
  readonly #failed = new AbortController();
  readonly #ending: AbortSignal;
  /**
   * Ends the request that begins the upload. It may take longer than the others, because its answer names the parts to
   * be removed.
   */
  readonly #ceaseCreation = new AbortController();
  #uploadId: Promise<string> | undefined;
  readonly #underWay = new Set<Promise<void>>();
  readonly #etags: (string | undefined)[] = [];
  #sentWhole = false;

  constructor(target: UploadTarget, onEnding: (reason: Error) => void) {
    this.#target = target;
    this.#ending = AbortSignal.any([target.signal, this.#failed.signal]);
    const tell = () => onEnding(toError(this.#ending.reason));
    this.#ending.addEventListener('abort', tell, { once: true });
    if (this.#ending.aborted) tell();
  }

  /** Resolves when there is room for another part. */
  async add(bytes: Buffer, isLast: boolean): Promise<void> {
    this.#ending.throwIfAborted();
    if (isLast && this.#etags.length === 0) return this.#sendWhole(bytes);
    if (bytes.byteLength === 0) return;
    const uploadId = await untilAborted(this.#create(), this.#ending);
    const position = this.#etags.push(undefined) - 1;
    const sent = this.#sendPart(uploadId, position, bytes)
      .catch((error: unknown) => this.#failed.abort(error))
      .finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
    while (this.#underWay.size >= PARTS_AT_A_TIME)
      await untilAborted(Promise.race(this.#underWay), this.#ending);
  }

  async complete(): Promise<void> {
    if (this.#sentWhole) return;
    const UploadId = await untilAborted(this.#create(), this.#ending);
    await untilAborted(Promise.all(this.#underWay), this.#ending);
    const Parts = this.#etags.map((ETag, position) => ({ ETag, PartNumber: position + 1 }));
    const command = new CompleteMultipartUploadCommand({
      ...this.#object,
      UploadId,
      MultipartUpload: { Parts },
    });
    await this.#send(() => this.#target.s3.send(command, { abortSignal: this.#ending }));
  }

  /** Ends what is under way and removes the parts. Takes no longer than the cleanup's time limit, and never throws. */
  async abandon(reason: unknown): Promise<void> {
    this.#failed.abort(reason);
    if (this.#uploadId === undefined) return;
    const limit = AbortSignal.timeout(this.#target.cleanupMilliseconds);
    limit.addEventListener('abort', () => this.#ceaseCreation.abort(limit.reason), { once: true });
    try {
      // The requests under way end first: a part that arrived after the removal would stay.
      await untilAborted(Promise.all(this.#underWay), limit);
      const UploadId = await untilAborted(this.#uploadId, limit);
      const command = new AbortMultipartUploadCommand({ ...this.#object, UploadId });
      const options = { abortSignal: limit, requestTimeout: CLEANUP_REQUEST_MILLISECONDS };
      await untilAborted(this.#target.s3.send(command, options), limit);
    } catch {
      // The caller gets the reason of the upload's end; the lifecycle rule removes the parts.
    }
  }

  /** Why the upload ended without success: the signal's reason, or the first failure. */
  get reason(): unknown {
    return this.#ending.reason;
  }

  get #object(): { Bucket: string; Key: string } {
    return { Bucket: this.#target.bucket, Key: this.#target.key };
  }

  #create(): Promise<string> {
    this.#uploadId ??= this.#requestUploadId();
    return this.#uploadId;
  }

  async #requestUploadId(): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      ...this.#object,
      ContentType: this.#target.contentType,
    });
    const { UploadId } = await this.#target.s3.send(command, { abortSignal: this.#ceaseCreation.signal });
    if (UploadId === undefined) throw new Error('S3 began an upload without an id');
    return UploadId;
  }

  async #sendPart(UploadId: string, position: number, Body: Buffer): Promise<void> {
    const command = new UploadPartCommand({ ...this.#object, UploadId, PartNumber: position + 1, Body });
    const { ETag } = await this.#send(() => this.#target.s3.send(command, { abortSignal: this.#ending }));
    if (ETag === undefined) throw new Error('S3 accepted a part without an ETag');
    this.#etags[position] = ETag;
  }

  async #sendWhole(Body: Buffer): Promise<void> {
    const command = new PutObjectCommand({ ...this.#object, ContentType: this.#target.contentType, Body });
    await this.#send(() => this.#target.s3.send(command, { abortSignal: this.#ending }));
    this.#sentWhole = true;
  }

  /**
   * Ends the waiting itself: the client ends a request that is under way, but not, for example, the search for
   * credentials before it.
   */
  #send<T>(request: () => Promise<T>): Promise<T> {
    return untilAborted(request(), this.#ending);
  }
}

/** The content in pieces of a part's size; the last one, which may be empty, holds the rest. */
async function* partsOf(content: AsyncIterable<Buffer>): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    sizeBytes += chunk.byteLength;
    while (sizeBytes >= PART_BYTES) {
      const gathered = Buffer.concat(chunks, sizeBytes);
      // A copy: a view would keep the whole part in memory after it was sent.
      const rest = Buffer.from(gathered.subarray(PART_BYTES));
      chunks = [rest];
      sizeBytes = rest.byteLength;
      yield { bytes: gathered.subarray(0, PART_BYTES), isLast: false };
    }
  }
  yield { bytes: Buffer.concat(chunks, sizeBytes), isLast: true };
}

const toError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('The upload was ended', { cause: reason });
