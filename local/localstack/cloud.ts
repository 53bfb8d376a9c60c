import * as z from 'zod';
import { REGION } from '../constants.ts';

/** The longest wait for an answer. The first invocation of a function downloads Lambda's image. */
const ANSWER_MILLISECONDS = 280_000;

const SecretValue = z.object({ SecretString: z.string() });
const FunctionFailure = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/** A function failed. The message is the function's own. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
}

/**
 * The AWS calls of the deployment itself. LocalStack does not check signatures: the header only has to name the
 * service. A call rejects if LocalStack does not answer or answers with an error.
 */
export class Cloud {
  readonly #endpoint: string;
  readonly #signal: AbortSignal;

  constructor(endpoint: string, signal: AbortSignal) {
    this.#endpoint = endpoint;
    this.#signal = signal;
  }

  /** @throws InvocationError with the message of the function's error */
  async invoke(functionName: string): Promise<void> {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
    const response = await this.#post('lambda', path, '{}', { 'Content-Type': 'application/json' });
    const text = await response.text();
    if (response.ok && !response.headers.has('x-amz-function-error')) return;
    const failure = FunctionFailure.safeParse(parseJson(text));
    throw new InvocationError(
      failure.success ? failure.data.errorMessage : `${response.status} ${text.slice(0, 300)}`,
    );
  }

  async readSecret(secretId: string): Promise<string> {
    const response = await this.#post('secretsmanager', '/', JSON.stringify({ SecretId: secretId }), {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'secretsmanager.GetSecretValue',
    });
    if (!response.ok) throw new Error(`LocalStack answered ${response.status} for a secret`);
    return SecretValue.parse(await response.json()).SecretString;
  }

  /** Whether a stack of this name exists, in any state. */
  async hasStack(stackName: string): Promise<boolean> {
    const query = { Action: 'DescribeStacks', Version: '2010-05-15', StackName: stackName };
    const response = await this.#post('cloudformation', '/', new URLSearchParams(query).toString(), {
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    const text = await response.text();
    if (response.ok) return !text.includes('<StackStatus>DELETE_COMPLETE</StackStatus>');
    if (text.includes('does not exist')) return false;
    throw new Error(`LocalStack answered ${response.status} for the stack ${stackName}`);
  }

  #post(service: string, path: string, body: string, headers: Record<string, string>): Promise<Response> {
    const signature = `Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=none`;
    return fetch(`${this.#endpoint}${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, Authorization: `AWS4-HMAC-SHA256 ${signature}` },
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MILLISECONDS)]),
    });
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
