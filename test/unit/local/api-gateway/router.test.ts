import { expect, test } from 'vitest';
import { createRouter } from '../../../../local/api-gateway/router.ts';

const route = (method: string, path: string) => ({
  logicalId: `${method} ${path}`,
  method,
  path,
  functionArn: 'arn',
  timeoutMilliseconds: 1,
});

const find = createRouter([
  route('GET', '/'),
  route('GET', '/videos'),
  route('GET', '/videos/{id}'),
  route('GET', '/videos/latest'),
  route('DELETE', '/videos/{id}'),
  route('GET', '/videos/{id}/frames'),
  route('ANY', '/files/{proxy+}'),
  route('GET', '/files/special'),
]);

test.each([
  ['GET', '/', 'GET /', {}],
  ['GET', '/videos', 'GET /videos', {}],
  ['GET', '/videos/', 'GET /videos', {}],
  ['GET', '/videos/42', 'GET /videos/{id}', { id: '42' }],
  ['GET', '/videos/latest', 'GET /videos/latest', {}],
  ['DELETE', '/videos/latest', 'DELETE /videos/{id}', { id: 'latest' }],
  ['GET', '/videos/a%2Fb', 'GET /videos/{id}', { id: 'a/b' }],
  ['GET', '/videos/1/frames', 'GET /videos/{id}/frames', { id: '1' }],
  ['PUT', '/files/a/b%20c', 'ANY /files/{proxy+}', { proxy: 'a/b c' }],
  ['GET', '/files/special', 'GET /files/special', {}],
  ['PUT', '/files/special', 'ANY /files/{proxy+}', { proxy: 'special' }],
])('%s %s goes to %s', (method, path, logicalId, pathParameters) => {
  expect(find(method, path)).toMatchObject({ route: { logicalId }, pathParameters });
});

test.each([
  ['POST', '/videos'],
  ['GET', '/videos/1/other'],
  ['GET', '/files'],
  ['GET', '/nothing'],
  ['get', '/videos'],
])('%s %s has no route', (method, path) => {
  expect(find(method, path)).toBeUndefined();
});

test('a malformed escape is an error, not a route', () => {
  expect(() => find('GET', '/videos/%zz')).toThrow(URIError);
});
