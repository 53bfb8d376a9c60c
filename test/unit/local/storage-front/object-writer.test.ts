import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ObjectWriter } from '../../../../local/storage-front/object-writer.ts';
import { Upstream } from '../../../../local/storage-front/upstream.ts';

const MIB = 1024 * 1024;

let server: Server;
let upstream: Upstream;
/** Sizes of the stored parts, and the SHA-256 of all parts together. */
let parts: number[];
let content: ReturnType<typeof createHash>;

beforeEach(async () => {
  [parts, content] = [[], createHash('sha256')];
  server = createServer(async (request, response) => {
    let size = 0;
    for await (const chunk of request) {
      if (request.method === 'PUT') content.update(chunk);
      size += chunk.length;
    }
    if (request.method === 'PUT') parts.push(size);
    response.setHeader('ETag', '"etag"').end('<UploadId>1</UploadId><ETag>"etag"</ETag>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  upstream = new Upstream(address.port);
});
afterEach(() => {
  upstream.close();
  server.close();
});

it.each([1000, 65_536, 1_000_003, 7 * MIB, 30 * MIB])(
  'stores the same bytes in the same parts when it receives pieces of %i bytes',
  async (pieceBytes) => {
    const bytes = Buffer.alloc(21 * MIB, 'some bytes that repeat every 47 of them, or so ');
    const writer = new ObjectWriter(upstream, { bucket: 'videos', key: 'a', headers: {} });
    for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
      await writer.write(bytes.subarray(offset, offset + pieceBytes));
    }
    await writer.finish();
    // The ETag of a multipart upload depends on its parts, so a reader would take other parts for another object.
    expect(parts.slice(0, -1).every((size) => size === parts[0])).toBe(true);
    expect(parts.every((size) => size >= 5 * MIB || size === parts.at(-1))).toBe(true);
    expect(parts[0]).toBe(8 * MIB);
    expect(content.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  },
);
