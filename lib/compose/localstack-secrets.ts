import * as z from 'zod';
import type { ReadSecret } from './environment-files.ts';

const SecretValue = z.object({ SecretString: z.string() });

/**
 * Reads secrets of a LocalStack, which checks no signature: the header only has to name the service.
 *
 * @throws Error (as rejection) where LocalStack does not answer with a secret.
 */
export const localStackSecrets =
  (endpoint: string): ReadSecret =>
  async (secretId) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': 'secretsmanager.GetSecretValue',
        Authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=none',
      },
      body: JSON.stringify({ SecretId: secretId }),
    });
    if (!response.ok) throw new Error(`${endpoint} answered ${response.status} for a secret`);
    return SecretValue.parse(await response.json()).SecretString;
  };
