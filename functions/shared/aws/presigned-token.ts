import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';

/** Seconds that RDS and ElastiCache accept a token for; both check it at login alone. */
const TOKEN_SECONDS = 900;

/** The `connect` request that is the password of an IAM user of a store. */
export interface ConnectRequest {
  /** The service that the signature is for. */
  service: 'rds-db' | 'elasticache';
  /** The host as the store knows itself, with its port where the service signs that too. */
  host: string;
  /** Who logs in: the query parameter beside `Action=connect`. */
  user: Readonly<Record<string, string>>;
}

/** Who signs, and when. */
export interface TokenSigner {
  region: string;
  credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  now: () => Date;
}

/** The credentials of this process, found once and renewed by the provider before they expire. */
const processCredentials = defaultProvider();

/** Signs as this process: a function's environment or a task's role says who that is. */
export const processSigner = (): TokenSigner => ({
  region: process.env.AWS_REGION ?? 'us-east-1',
  credentials: processCredentials,
  now: () => new Date(),
});

/**
 * A presigned `connect` request without its scheme. It is signed locally: no network is needed.
 * Sources: RDS user guide, "Connecting to your DB instance using IAM authentication"; ElastiCache user guide,
 * "Authenticating with IAM". Parameters are in the order of their names, as AWS's own signers write them.
 */
export const presignConnect = async (
  { service, host, user }: ConnectRequest,
  { region, credentials, now }: TokenSigner,
): Promise<string> => {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'connect', ...user },
      headers: { host },
    },
    { expiresIn: TOKEN_SECONDS, signingDate: now() },
  );
  const query = Object.entries(signed.query ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${escapeUri(name)}=${escapeUri(String(value))}`);
  return `${host}/?${query.join('&')}`;
};

/** RFC 3986: `encodeURIComponent` leaves five characters alone that a signature's query must escape. */
const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

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
