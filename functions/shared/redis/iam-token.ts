import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';

/** Seconds that ElastiCache accepts a token for. */
const TOKEN_SECONDS = 900;

/** Who logs in to what; both ids in lower case, as ElastiCache stores them. */
export interface IamTokenRequest {
  userId: string;
  replicationGroupId: string;
}

/**
 * The password of an ElastiCache IAM user: a presigned `connect` request without its scheme, signed locally.
 * Source: ElastiCache user guide, "Authenticating with IAM".
 */
export const createIamToken = async ({ userId, replicationGroupId }: IamTokenRequest): Promise<string> => {
  const signer = new SignatureV4({
    service: 'elasticache',
    region: process.env.AWS_REGION ?? 'us-east-1',
    credentials: defaultProvider(),
    sha256: Sha256,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'http:',
      hostname: replicationGroupId,
      path: '/',
      query: { Action: 'connect', User: userId },
      headers: { host: replicationGroupId },
    },
    { expiresIn: TOKEN_SECONDS },
  );
  const query = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `${replicationGroupId}/?${query.join('&')}`;
};

/** SHA-256 in the shape that the signer asks for; keyed, it is the HMAC. */
class Sha256 {
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = createHash('sha256');
  }
}

const toBytes = (value: string | ArrayBuffer | ArrayBufferView): Uint8Array => {
  if (typeof value === 'string') return Buffer.from(value);
  return value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
};
