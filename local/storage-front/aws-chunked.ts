import { Transform, type TransformCallback } from 'node:stream';
import { S3Failure } from './s3-failure.ts';

const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes a body in SigV4 chunks (`<hex size>[;chunk-signature=…]\r\n<bytes>\r\n`). Trailers are ignored.
 * Source: "Signature calculations for the Authorization header: Transferring payload in multiple chunks", Amazon S3 API
 * Reference.
 */
export class AwsChunkedDecoder extends Transform {
  #pending: Buffer = Buffer.alloc(0);
  #remaining = 0;
  #state: 'size' | 'data' | 'end-of-data' | 'trailers' = 'size';

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      while (this.#step());
      callback();
    } catch (error) {
      callback(error instanceof Error ? error : malformed());
    }
  }

  override _flush(callback: TransformCallback): void {
    callback(this.#state === 'trailers' ? null : malformed());
  }

  /** Decodes one element of the pending bytes. False if it needs more bytes. */
  #step(): boolean {
    switch (this.#state) {
      case 'trailers':
        this.#pending = Buffer.alloc(0);
        return false;
      case 'size':
        return this.#readSize();
      case 'end-of-data':
        if (this.#pending.length < 2) return false;
        this.#pending = this.#pending.subarray(2);
        this.#state = 'size';
        return true;
      case 'data': {
        const part = this.#pending.subarray(0, this.#remaining);
        if (part.length === 0) return false;
        this.push(part);
        this.#pending = this.#pending.subarray(part.length);
        this.#remaining -= part.length;
        if (this.#remaining === 0) this.#state = 'end-of-data';
        return true;
      }
    }
  }

  #readSize(): boolean {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) {
      if (this.#pending.length > MAX_LINE_BYTES) throw malformed();
      return false;
    }
    const [size = ''] = this.#pending.subarray(0, end).toString('latin1').split(';');
    if (!/^[0-9a-fA-F]{1,12}$/.test(size)) throw malformed();
    this.#pending = this.#pending.subarray(end + 2);
    this.#remaining = Number.parseInt(size, 16);
    this.#state = this.#remaining === 0 ? 'trailers' : 'data';
    return true;
  }
}

const malformed = (): S3Failure => new S3Failure(400, 'IncompleteBody', 'The aws-chunked body is malformed');
