/**
 * The Lambda runtime of a sandbox. It loads the handler that `_HANDLER` names from `LAMBDA_TASK_ROOT`. Then it
 * processes one invocation after the other over the Runtime API (next, response, error).
 */
import { existsSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: unknown) => unknown;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const env = (name: string): string => process.env[name] ?? '';
const BASE = `http://${env('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const call = (method: string, path: string, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(`${BASE}${path}`, { method, agent, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const describeError = (error: unknown): string =>
  JSON.stringify(
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
      : { errorType: typeof error, errorMessage: String(error), trace: [] },
  );

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

const loadHandler = async (): Promise<Handler> => {
  const [file = '', name = ''] = env('_HANDLER').split('.');
  const candidates = ['.mjs', '.js', '.cjs'].map((extension) =>
    join(env('LAMBDA_TASK_ROOT'), `${file}${extension}`),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`Cannot find module '${file}' in ${env('LAMBDA_TASK_ROOT')}`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(path).href);
  const handler = loaded[name];
  if (!isHandler(handler)) throw new Error(`${env('_HANDLER')} is undefined or not exported`);
  return handler;
};

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

const contextOf = (headers: IncomingHttpHeaders): unknown => {
  const deadline = Number(header(headers, 'lambda-runtime-deadline-ms'));
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: env('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: header(headers, 'lambda-runtime-invoked-function-arn'),
    memoryLimitInMB: env('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    awsRequestId: header(headers, 'lambda-runtime-aws-request-id'),
    logGroupName: env('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: env('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
};

const answerNext = async (handler: Handler): Promise<void> => {
  const { headers, body } = await call('GET', '/invocation/next');
  const requestId = header(headers, 'lambda-runtime-aws-request-id');
  process.env._X_AMZN_TRACE_ID = header(headers, 'lambda-runtime-trace-id');
  let result: string;
  try {
    result = JSON.stringify(await handler(JSON.parse(body), contextOf(headers))) ?? 'null';
  } catch (error) {
    console.error('Invoke Error', error);
    await call('POST', `/invocation/${requestId}/error`, describeError(error));
    return;
  }
  await call('POST', `/invocation/${requestId}/response`, result);
};

const run = async (): Promise<void> => {
  let handler: Handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    console.error('Init Error', error);
    await call('POST', '/init/error', describeError(error));
    process.exit(1);
  }
  for (;;) await answerNext(handler);
};

// The Runtime API does not answer: the stack has ended, and so does its sandbox.
run().catch(() => process.exit(1));
