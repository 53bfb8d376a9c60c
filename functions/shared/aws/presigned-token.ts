import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { buildQueryString } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4';

/** Seconds for which RDS and ElastiCache accept a token. Both check it only at login. */
const TOKEN_SECONDS = 900;

/** The `connect` request whose presigned form is the password of a store's IAM user. */
export interface ConnectRequest {
  /** The service that the signature is for. */
  service: 'rds-db' | 'elasticache';
  /** The host as the store knows itself, with its port if the service's signature includes it. */
  host: string;
  /** The user, as the query parameter beside `Action=connect`. */
  user: Readonly<Record<string, string>>;
}

/** The signer's identity and clock. */
export interface TokenSigner {
  region: string;
  credentials: SignatureV4Init['credentials'];
  now: () => Date;
}

/** The credentials of this process. The provider finds them once and renews them before they expire. */
const processCredentials = defaultProvider();

/** Signs with the identity of this process, from a function's environment or a task's role. */
export const processSigner = (): TokenSigner => ({
  region: process.env.AWS_REGION ?? 'us-east-1',
  credentials: processCredentials,
  now: () => new Date(),
});

/**
 * Presigns a `connect` request and returns it without its scheme. Signing is local and needs no network. Sources: RDS
 * user guide, "Connecting to your DB instance using IAM authentication"; ElastiCache user guide, "Authenticating with
 * IAM". Parameters are sorted by name, as in AWS's own signers.
 */
export const presignConnect = async (
  { service, host, user }: ConnectRequest,
  { region, credentials, now }: TokenSigner,
): Promise<string> => {
  const signer = new SignatureV4({ service, region, credentials, sha256: Hash.bind(null, 'sha256') });
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
  return `${host}/?${buildQueryString(signed.query ?? {})}`;
};
