import { expect, inject, it } from 'vitest';
import { PROBLEMS } from '../../functions/contracts/problems.ts';
import { SITE_SECURITY_HEADERS } from '../../functions/contracts/site.ts';
import { openApiDocument } from '../../openapi/document.ts';

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(new URL(path, inject('stack').url), init);

it('The API describes itself at /openapi.json', async () => {
  const response = await get('/openapi.json');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

it.each(['/docs', '/docs/', '/docs/problems', '/openapi.json'])(
  '%s is answered with the security headers of the site, and asked for anew each time',
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...SITE_SECURITY_HEADERS,
      'cache-control': 'no-cache',
    });
    const etag = response.headers.get('etag') ?? '';
    expect((await get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  },
);

it('A script of the documentation may be kept for ever', async () => {
  const [, script = ''] = /<script src="([^"]+)"/.exec(await (await get('/docs')).text()) ?? [];
  const response = await get(script);
  expect(response.headers.get('content-type')).toContain('text/javascript');
  expect(response.headers.get('cache-control')).toContain('immutable');
});

it("A problem's type leads to its code", async () => {
  const problem: unknown = await (await get('/videos')).json();
  expect(problem).toMatchObject({ type: '/docs/problems#UNAUTHENTICATED' });
  expect(await (await get('/docs/problems#UNAUTHENTICATED')).text()).toContain(
    PROBLEMS.UNAUTHENTICATED.detail,
  );
});

it.each([
  ['POST', '/docs'],
  ['GET', '/nothing/here'],
])('%s %s is a matter of the API', async (method, path) => {
  const response = await get(path, { method });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
});
