import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { UploadFormRequest, UploadForms } from '../core/ports.ts';

/** Presigned POST forms. S3 itself refuses another key, type or size, and expired forms. */
export class S3UploadForms implements UploadForms {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  create(request: UploadFormRequest): Promise<{ url: string; fields: Record<string, string> }> {
    const { storageKey, contentType, sizeBytes, lifetimeSeconds } = request;
    return createPresignedPost(this.#s3, {
      Bucket: this.#bucket,
      Key: storageKey,
      // Each field is also an exact-match condition of the policy.
      Fields: { 'Content-Type': contentType },
      Conditions: [['content-length-range', sizeBytes, sizeBytes]],
      Expires: lifetimeSeconds,
    });
  }
}
