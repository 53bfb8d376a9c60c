import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';

/** A web server with one video, at `/video.mp4`. */
export interface VideoServer {
  url: string;
  /** Bytes of the video that were sent. */
  sentBytes: () => number;
  sizeBytes: number;
  close(): void;
}

export interface VideoServerOptions {
  /** @default true */
  ranges?: boolean;
  /** Another version of the video from this request on. @default never */
  replacedFromRequest?: number;
}

/** Serves a file as a web server does; `/moved/…` redirects to it. */
export const serveVideo = async (
  path: string,
  { ranges = true, replacedFromRequest = Number.POSITIVE_INFINITY }: VideoServerOptions = {},
): Promise<VideoServer> => {
  const bytes = await readFile(path);
  let sent = 0;
  let requests = 0;
  const answer = (response: ServerResponse, range: string | undefined) => {
    requests += 1;
    const etag = requests >= replacedFromRequest ? '"two"' : '"one"';
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    if (!ranges || first === undefined || last === undefined) return response.writeHead(200).end(bytes);
    const part = bytes.subarray(Number(first), Number(last) + 1);
    sent += part.byteLength;
    const end = Number(first) + part.byteLength - 1;
    response.writeHead(206, { etag, 'content-range': `bytes ${first}-${end}/${bytes.byteLength}` }).end(part);
  };
  const server = createServer(({ url = '', headers }, response) => {
    if (url.startsWith('/moved/')) return response.writeHead(302, { location: '/video.mp4' }).end();
    if (url !== '/video.mp4') return response.writeHead(404).end();
    return answer(response, headers.range);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    sentBytes: () => sent,
    sizeBytes: bytes.byteLength,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
