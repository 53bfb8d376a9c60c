import { describe, expect, test } from 'vitest';
import { type GatewayFailure, gatewayAnswer } from '../../../../local/api-gateway/gateway-responses.ts';
import type { GatewayResponseModel } from '../../../../local/template/model.ts';

const request = {
  requestId: 'req-1',
  receivedAt: new Date(0),
  method: 'GET',
  path: '/videos/1',
  query: new URLSearchParams('lang=de'),
  headers: [['Origin', 'http://localhost:3000']] as const,
  sourceIp: '127.0.0.1',
  protocol: 'HTTP/1.1',
  body: Buffer.alloc(0),
};
const model = (type: string, more: Partial<GatewayResponseModel> = {}): GatewayResponseModel => ({
  type,
  headers: {},
  templates: {},
  ...more,
});
const answer = (models: GatewayResponseModel[], failure: GatewayFailure) =>
  gatewayAnswer(models, failure, request, '/videos/{id}', 'v1');

describe('without gateway responses', () => {
  test.each([
    ['MISSING_AUTHENTICATION_TOKEN', 403, 'Missing Authentication Token'],
    ['UNAUTHORIZED', 401, 'Unauthorized'],
    ['ACCESS_DENIED', 403, 'User is not authorized to access this resource'],
    ['REQUEST_TOO_LARGE', 413, 'Request Too Long'],
    ['INTEGRATION_TIMEOUT', 504, 'Endpoint request timed out'],
    ['LAMBDA_FAILURE', 502, 'Internal server error'],
  ] as const)('%s gets API Gateway’s default answer', (type, status, message) => {
    const { statusCode, body } = answer([], { type });
    expect(statusCode).toBe(status);
    expect(JSON.parse(body)).toEqual({ message });
  });
});

describe('a gateway response', () => {
  test('of the type takes precedence over the one of its class', () => {
    const models = [model('DEFAULT_4XX', { statusCode: 400 }), model('UNAUTHORIZED', { statusCode: 418 })];
    expect(answer(models, { type: 'UNAUTHORIZED' }).statusCode).toBe(418);
    expect(answer(models, { type: 'ACCESS_DENIED' }).statusCode).toBe(400);
    expect(answer(models, { type: 'LAMBDA_FAILURE' }).statusCode).toBe(502);
  });

  test('of the class keeps the status of the type unless it has its own', () => {
    expect(answer([model('DEFAULT_5XX')], { type: 'INTEGRATION_TIMEOUT' }).statusCode).toBe(504);
  });

  test('fills in its template and its headers', () => {
    const models = [
      model('ACCESS_DENIED', {
        templates: {
          'application/problem+json':
            '{"detail":$context.error.messageString,"id":"$context.requestId","of":"$context.resourcePath","none":"$context.nothing"}',
        },
        headers: {
          'Access-Control-Allow-Origin': 'method.request.header.Origin',
          'Content-Language': 'method.request.querystring.lang',
          'X-Id': 'context.requestId',
          'X-Fixed': "'it''s'",
          'X-None': 'method.request.header.Nothing',
        },
      }),
    ];
    const { headers, body } = answer(models, { type: 'ACCESS_DENIED', message: 'say "no"' });
    expect(JSON.parse(body)).toEqual({ detail: 'say "no"', id: 'req-1', of: '/videos/{id}', none: '' });
    expect(headers).toEqual({
      'Content-Type': 'application/problem+json',
      'x-amzn-ErrorType': 'AccessDeniedException',
      'Access-Control-Allow-Origin': 'http://localhost:3000',
      'Content-Language': 'de',
      'X-Id': 'req-1',
      'X-Fixed': "it''s",
    });
  });
});
