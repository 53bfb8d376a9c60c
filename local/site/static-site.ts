import { createHash } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import {
  SITE_SECURITY_HEADERS,
  siteCacheControl,
  siteContentType,
  siteFileOf,
} from '../../functions/contracts/site.ts';

interface StaticFile {
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Puts the static site before the API, as CloudFront does on AWS: a GET or HEAD of one of its files is answered from memory,
 * everything else by the API.
 *
 * @param files content by path, as `siteFiles` gives it
 */
export const withStaticSite = (files: ReadonlyMap<string, string>, api: RequestListener): RequestListener => {
  const prepared = new Map([...files].map(([file, text]) => [file, prepare(file, text)]));
  return (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const [path = '/'] = url.split('?', 1);
    const file = method === 'GET' || method === 'HEAD' ? prepared.get(siteFileOf(path)) : undefined;
    if (file === undefined) return api(request, response);
    request.resume();
    send(response, file, request.headers['if-none-match'] === file.headers.etag);
  };
};

const prepare = (file: string, text: string): StaticFile => {
  const content = Buffer.from(text);
  return {
    content,
    headers: {
      ...SITE_SECURITY_HEADERS,
      'content-type': siteContentType(file),
      'cache-control': siteCacheControl(file),
      etag: `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`,
    },
  };
};

/** The server itself leaves the body out for HEAD. */
const send = (response: ServerResponse, { content, headers }: StaticFile, unchanged: boolean): void => {
  response.writeHead(
    unchanged ? 304 : 200,
    unchanged ? headers : { ...headers, 'content-length': content.length },
  );
  response.end(unchanged ? undefined : content);
};
