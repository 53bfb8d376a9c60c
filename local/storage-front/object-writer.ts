import { S3Failure } from './s3-failure.ts';
import { objectPath } from './target.ts';
import { headerText, type Upstream, type UpstreamAnswer } from './upstream.ts';

/** Size of a part, in bytes: 8 MiB. The store accepts 11 MiB per request. */
const PART_BYTES = 8 * 1024 * 1024;

export interface ObjectToWrite {
  readonly bucket: string;
  readonly key: string;
  /** Content type, disposition, metadata. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Writes an object of unknown size. An object that fits into one part is put in one request; a larger one becomes a
 * multipart upload. Nothing is visible before {@link finish}, and nothing remains after {@link abort}.
 */
export class ObjectWriter {
  readonly #upstream: Upstream;
  readonly #object: ObjectToWrite;
  readonly #path: string;
  readonly #etags: string[] = [];
  #buffered: Buffer[] = [];
  #bufferedBytes = 0;
  #uploadId: string | undefined;

  constructor(upstream: Upstream, object: ObjectToWrite) {
    this.#upstream = upstream;
    this.#object = object;
    this.#path = objectPath(object.bucket, object.key);
  }

  /**
   * Takes a chunk, and waits while a part is being stored. The sizes of the chunks do not change the parts: an ETag is
   * computed from the parts, and the same bytes must give the same ETag.
   * @throws S3Failure
   */
  async write(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      // A full part is stored only when more bytes follow: then it is not the last part.
      if (this.#bufferedBytes >= PART_BYTES) await this.#storePart();
      const piece = rest.subarray(0, PART_BYTES - this.#bufferedBytes);
      this.#buffered.push(piece);
      this.#bufferedBytes += piece.length;
      rest = rest.subarray(piece.length);
    }
  }

  /**
   * Makes the object visible.
   * @returns its ETag, in quotes
   * @throws S3Failure
   */
  async finish(): Promise<string> {
    if (this.#uploadId === undefined) {
      const { headers } = this.#object;
      const body = this.#takeBuffered();
      const answer = await this.#upstream.call({ method: 'PUT', path: this.#path, headers, body });
      return headerText(accepted(answer).headers, 'etag') ?? '';
    }
    await this.#storePart();
    const parts = this.#etags.map(
      (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const answer = await this.#upstream.call({
      method: 'POST',
      path: `${this.#path}?uploadId=${this.#uploadId}`,
      headers: { 'content-type': 'application/xml' },
      body: `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
    });
    const etag = /<ETag>([^<]*)<\/ETag>/.exec(accepted(answer).body.toString('utf8'))?.[1] ?? '';
    return etag.replaceAll('&quot;', '"');
  }

  /** Discards everything. Never rejects. */
  async abort(): Promise<void> {
    this.#takeBuffered();
    if (this.#uploadId === undefined) return;
    const path = `${this.#path}?uploadId=${this.#uploadId}`;
    await this.#upstream.call({ method: 'DELETE', path }).catch(() => {});
  }

  async #storePart(): Promise<void> {
    this.#uploadId ??= await this.#begin();
    const partNumber = this.#etags.length + 1;
    const answer = await this.#upstream.call({
      method: 'PUT',
      path: `${this.#path}?partNumber=${partNumber}&uploadId=${this.#uploadId}`,
      headers: { 'content-type': 'application/octet-stream' },
      body: this.#takeBuffered(),
    });
    this.#etags.push(headerText(accepted(answer).headers, 'etag') ?? '');
  }

  async #begin(): Promise<string> {
    const { headers } = this.#object;
    const answer = await this.#upstream.call({
      method: 'POST',
      path: `${this.#path}?uploads=`,
      headers,
      body: '',
    });
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(accepted(answer).body.toString('utf8'))?.[1];
    if (uploadId === undefined)
      throw new S3Failure(500, 'InternalError', 'The object store gave no upload id');
    return uploadId;
  }

  #takeBuffered(): Buffer {
    const body = Buffer.concat(this.#buffered);
    this.#buffered = [];
    this.#bufferedBytes = 0;
    return body;
  }
}

const accepted = (answer: UpstreamAnswer): UpstreamAnswer => {
  if (answer.status < 300) return answer;
  const text = answer.body.toString('utf8');
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  throw new S3Failure(
    answer.status,
    element('Code') ?? 'InternalError',
    element('Message') ?? 'Internal error',
  );
};

const STORED_HEADERS = new Set([
  'content-type',
  'content-disposition',
  'content-language',
  'content-encoding',
  'cache-control',
]);

/** The fields of a form, or the headers of a request, that are stored with the object. */
export const storedHeaders = (
  entries: Iterable<readonly [name: string, value: string | undefined]>,
): Record<string, string> => {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (value === undefined || !(STORED_HEADERS.has(lower) || lower.startsWith('x-amz-meta-'))) continue;
    // `aws-chunked` describes the transfer, not the object.
    const kept = lower === 'content-encoding' ? value.replaceAll(/\s*aws-chunked\s*,?/g, '') : value;
    if (kept !== '') headers[lower] = kept;
  }
  return headers;
};
