import { expect, test } from 'vitest';
import { Authorizers } from '../../../../local/api-gateway/authorizer.ts';
import type { InvocationResult } from '../../../../local/lambda/result.ts';
import type { AuthorizerModel } from '../../../../local/template/model.ts';

const authorizer: AuthorizerModel = {
  logicalId: 'A',
  type: 'TOKEN',
  functionArn: 'arn',
  identitySources: ['method.request.header.Authorization'],
  ttlSeconds: 60,
};
const api = { id: 'api1', stageName: 'v1', routes: [], gatewayResponses: [], binaryMediaTypes: [] };
const match = {
  route: { logicalId: 'R', method: 'GET', path: '/x', functionArn: 'f', timeoutMilliseconds: 1 },
  pathParameters: {},
};
const requestWith = (headers: readonly (readonly [string, string])[], path = '/x') => ({
  requestId: 'r',
  receivedAt: new Date(0),
  method: 'GET',
  path,
  query: new URLSearchParams(),
  headers,
  sourceIp: '',
  protocol: '',
  body: Buffer.alloc(0),
});
const withToken = (token: string, path?: string) => requestWith([['authorization', token]], path);

const setUp = (answer: (event: { methodArn: string }) => unknown) => {
  let nowMilliseconds = 0;
  let calls = 0;
  const invoke = async (_: string, payload: string): Promise<InvocationResult> => {
    calls += 1;
    return { kind: 'success', payload: JSON.stringify(answer(JSON.parse(payload))) };
  };
  return {
    authorizers: new Authorizers(api, invoke, () => nowMilliseconds),
    calls: () => calls,
    wait: (seconds: number) => {
      nowMilliseconds += seconds * 1000;
    },
  };
};
const allowing = (Resource: string | ((arn: string) => string)) => (event: { methodArn: string }) => ({
  principalId: 'u',
  policyDocument: {
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: typeof Resource === 'string' ? Resource : Resource(event.methodArn),
      },
    ],
  },
  context: { userId: 'u', age: 3, nothing: null },
});

test('an answer is cached until its time to live ends', async () => {
  const { authorizers, calls, wait } = setUp(allowing('*'));
  await authorizers.authorize(authorizer, withToken('t'), match);
  wait(59);
  const again = await authorizers.authorize(authorizer, withToken('t'), match);
  expect(again).toEqual({ kind: 'allowed', caller: { principalId: 'u', values: { userId: 'u', age: '3' } } });
  expect(calls()).toBe(1);
  wait(2);
  await authorizers.authorize(authorizer, withToken('t'), match);
  expect(calls()).toBe(2);
});

test('the cached policy is evaluated for the method of each call', async () => {
  const { authorizers, calls } = setUp(allowing((arn) => arn));
  expect((await authorizers.authorize(authorizer, withToken('t', '/x'), match)).kind).toBe('allowed');
  const other = await authorizers.authorize(authorizer, withToken('t', '/y'), match);
  expect(other).toEqual({ kind: 'refused', failure: { type: 'ACCESS_DENIED' } });
  expect(calls()).toBe(1);
});

test('a time to live of 0 means no cache', async () => {
  const { authorizers, calls } = setUp(allowing('*'));
  await authorizers.authorize({ ...authorizer, ttlSeconds: 0 }, withToken('t'), match);
  await authorizers.authorize({ ...authorizer, ttlSeconds: 0 }, withToken('t'), match);
  expect(calls()).toBe(2);
});

test('a missing or malformed token is refused without a call', async () => {
  const { authorizers, calls } = setUp(allowing('*'));
  const strict = { ...authorizer, validationExpression: 'Bearer .+' };
  for (const request of [requestWith([]), withToken(''), withToken('Basic x'), withToken('xBearer y')]) {
    const outcome = await authorizers.authorize(strict, request, match);
    expect(outcome).toEqual({ kind: 'refused', failure: { type: 'UNAUTHORIZED' } });
  }
  expect(calls()).toBe(0);
});

test('an answer that is not a policy is a configuration error', async () => {
  const { authorizers } = setUp(() => ({ principalId: 'u' }));
  const outcome = await authorizers.authorize(authorizer, withToken('t'), match);
  expect(outcome).toEqual({ kind: 'refused', failure: { type: 'AUTHORIZER_CONFIGURATION_ERROR' } });
});
