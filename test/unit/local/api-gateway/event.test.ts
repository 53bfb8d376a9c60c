import { expect, it } from 'vitest';
import { proxyEvent } from '../../../../local/api-gateway/event.ts';
import type { ApiRequest } from '../../../../local/api-gateway/request.ts';
import type { ApiModel, RouteModel } from '../../../../local/template/model.ts';

const route: RouteModel = {
  logicalId: 'Route',
  method: 'GET',
  path: '/videos',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:upload',
  timeoutMilliseconds: 1000,
};
const api: ApiModel = {
  id: 'api',
  stageName: 'local',
  binaryMediaTypes: [],
  routes: [route],
  gatewayResponses: [],
};

it.each(['__proto__', 'constructor', 'toString', 'limit'])('A query may repeat the name %s', (name) => {
  const request: ApiRequest = {
    requestId: 'id',
    receivedAt: new Date(0),
    method: 'GET',
    path: '/videos',
    query: new URLSearchParams([
      [name, '1'],
      [name, '2'],
    ]),
    headers: [],
    sourceIp: '127.0.0.1',
    protocol: 'HTTP/1.1',
    body: Buffer.alloc(0),
  };
  const event = proxyEvent(api, request, { route, pathParameters: {} }, undefined);
  expect(Object.entries(event.queryStringParameters ?? {})).toEqual([[name, '2']]);
  expect(Object.entries(event.multiValueQueryStringParameters ?? {})).toEqual([[name, ['1', '2']]]);
});
