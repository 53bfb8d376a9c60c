import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { buildQueryString } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
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
