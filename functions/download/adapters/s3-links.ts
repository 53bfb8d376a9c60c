import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { create as contentDisposition } from 'content-disposition';
import type { ArchiveName } from '../core/archive-name.ts';
import type { Links } from '../core/ports.ts';

/** Presigned GETs. Signing needs no network. */
export class S3Links implements Links {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  toArchive(key: string, name: ArchiveName, seconds: number): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      ResponseContentType: 'application/zip',
      ResponseContentDisposition: contentDisposition(name.fileName, { fallback: name.asciiFallback }),
    });
    return getSignedUrl(this.#s3, command, { expiresIn: seconds });
  }

  toFrame(key: string, seconds: number): Promise<string> {
    return getSignedUrl(this.#s3, new GetObjectCommand({ Bucket: this.#bucket, Key: key }), {
      expiresIn: seconds,
    });
  }
}
