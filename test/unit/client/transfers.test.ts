import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Client,
  createClient,
  downloadZip,
  memoryTokens,
  openZip,
  sendFile,
  uploadFile,
} from '../../../client/index.ts';
import { fileSource, saveZip } from '../../../client/node.ts';
import { failureOf, json } from './fake-service.ts';

const s3Error = (code: string, message: string): string =>
  `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

let directory: string;
let storage: Handler;
let requests: IncomingMessage[];
let server: ReturnType<typeof createServer>;
let url: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'frame-flow-client-'));
  requests = [];
  server = createServer(async (request, response) => {
    requests.push(request);
    await storage(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  url = `http://127.0.0.1:${address.port}/`;
});
afterEach(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

const zip = randomBytes(300_000);
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A client whose API is faked and whose storage is the server. */
const clientOf = (
  download: Partial<{ sha256: string; sizeBytes: number }> = {},
  timeoutMilliseconds = 5_000,
): Client =>
  createClient({
    baseUrl: 'http://api.test',
    tokens: memoryTokens({ accessToken: 'a' }),
    timeoutMilliseconds,
    patienceMilliseconds: 2_000,
    random: () => 0,
    fetch: async (address, init) => {
      if (!address.startsWith('http://api.test')) return fetch(address, init);
      if (address.endsWith('/download')) {
        return json({ url, sizeBytes: zip.length, sha256: sha256Of(zip), ...download });
      }
      return json({ id: 'v', upload: { url, fields: { key: 'k', policy: 'p"x' } }, sent: init?.body }, 201);
    },
  });

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
};

describe('An upload', () => {
  it('sends the fields, then the file, with its length, and tells the progress', async () => {
    const path = join(directory, 'clip.mp4');
    const bytes = randomBytes(500_000);
    await writeFile(path, bytes);
    let body = '';
    storage = async (request, response) => {
      body = await textOf(request);
      response.writeHead(204).end();
    };
    const progress: number[] = [];
    const created: string[] = [];
    const video = await uploadFile(clientOf(), await fileSource(path), {
      intervalSeconds: 5,
      onProgress: ({ sentBytes, totalBytes }) => {
        expect(totalBytes).toBe(bytes.length);
        progress.push(sentBytes);
      },
      onCreated: ({ id }) => created.push(id),
    });
    expect(video).toMatchObject({
      sent: JSON.stringify({ fileName: 'clip.mp4', sizeBytes: bytes.length, intervalSeconds: 5 }),
    });
    expect(created).toEqual(['v']);
    const [request] = requests;
    expect(Number(request?.headers['content-length'])).toBe(body.length);
    const boundary = /boundary=(.*)$/.exec(request?.headers['content-type'] ?? '')?.[1] ?? '';
    const parts = body.split(`--${boundary}`);
    expect(parts.slice(1, 3)).toEqual([
      '\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n',
      '\r\nContent-Disposition: form-data; name="policy"\r\n\r\np"x\r\n',
    ]);
    expect(parts[3]?.split('\r\n\r\n')[0]).toContain('name="file"');
    expect(parts[3]?.includes(bytes.toString('latin1'))).toBe(true);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(bytes.length);
  });

  it('never holds a large file in memory', async () => {
    const path = join(directory, 'large.mp4');
    const largeBytes = 256 * 1024 * 1024;
    await writeFile(path, '');
    await truncate(path, largeBytes);
    storage = async (request, response) => {
      let received = 0;
      for await (const chunk of request) received += chunk.length;
      response.writeHead(received > largeBytes ? 204 : 400).end();
    };
    const { content } = await fileSource(path);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    await sendFile(clientOf(), { url, fields: {} }, content, {
      onProgress: () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      },
    });
    expect(most).toBeLessThan(largeBytes / 2);
  });

  it('takes a File as a page has it', async () => {
    storage = async (request, response) => {
      await textOf(request);
      response.writeHead(204).end();
    };
    const video = await uploadFile(clientOf(), new File(['bytes'], 'a.mp4'), { fileName: 'b.mp4' });
    expect(video).toMatchObject({ sent: JSON.stringify({ fileName: 'b.mp4', sizeBytes: 5 }) });
  });

  const refusals: [string, number, string, string][] = [
    ['EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', 'SOURCE_CHANGED'],
    ['EntityTooSmall', 400, 'Your proposed upload is smaller', 'SOURCE_CHANGED'],
    ['AccessDenied', 403, 'Invalid according to Policy: Policy expired.', 'UPLOAD_FORM_EXPIRED'],
    ['ExpiredToken', 400, 'The provided token has expired.', 'UPLOAD_FORM_EXPIRED'],
    ['AccessDenied', 403, 'Access Denied', 'UPLOAD_REFUSED'],
  ];
  it.each(refusals)(
    'that S3 refuses with %s (%i, "%s") fails with %s',
    async (code, status, message, expected) => {
      storage = async (request, response) => {
        await textOf(request);
        response.writeHead(status).end(s3Error(code, message));
      };
      const call = sendFile(clientOf(), { url, fields: {} }, new Blob(['x']));
      expect(await failureOf(call)).toMatchObject({ code: expected, status, operation: 'upload' });
      expect(requests).toHaveLength(1);
    },
  );

  it('is sent again after a broken connection and after failures of S3 that pass', async () => {
    storage = async (request, response) => {
      if (requests.length === 1) return void request.socket.destroy();
      await textOf(request);
      if (requests.length === 2)
        response.writeHead(503).end(s3Error('SlowDown', 'Reduce your request rate.'));
      else if (requests.length === 3) response.writeHead(400).end(s3Error('RequestTimeout', 'Too slow.'));
      else response.writeHead(204).end();
    };
    await sendFile(clientOf(), { url, fields: {} }, new Blob(['x']));
    expect(requests).toHaveLength(4);
  });

  it('fails with TIMEOUT where the storage takes nothing any more', async () => {
    storage = () => undefined;
    const client = clientOf({}, 50);
    const form = { url, fields: {} };
    const options = { signal: AbortSignal.timeout(20_000) };
    const patient = createClient({
      ...client.transport,
      baseUrl: 'http://api.test',
      patienceMilliseconds: 0,
    });
    expect(await failureOf(sendFile(patient, form, new Blob(['x']), options))).toMatchObject({
      code: 'TIMEOUT',
    });
  });

  it('ends with an AbortError where it is aborted half-way', async () => {
    const controller = new AbortController();
    storage = () => controller.abort();
    const call = sendFile(clientOf(), { url, fields: {} }, new Blob(['x']), { signal: controller.signal });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError' });
  });

  it('fails with SOURCE_CHANGED where the file changed after it was opened', async () => {
    const path = join(directory, 'clip.mp4');
    await writeFile(path, 'before');
    const { content } = await fileSource(path);
    await writeFile(path, 'after, and longer');
    storage = async (request) => void (await textOf(request).catch(() => ''));
    const call = sendFile(clientOf(), { url, fields: {} }, content);
    expect(await failureOf(call)).toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('goes through an XMLHttpRequest in a browser, and is aborted there', async () => {
    const sent: FormData[] = [];
    let aborts = 0;
    class FakeRequest {
      readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
      onload?: () => void;
      onabort?: () => void;
      readonly status = 204;
      readonly responseText = '';
      open(method: string, address: string): void {
        expect([method, address]).toEqual(['POST', url]);
      }
      send(form: FormData): void {
        sent.push(form);
        this.upload.onprogress?.({ loaded: 3 });
        if (form.get('key') !== 'hang') this.onload?.();
      }
      abort(): void {
        aborts += 1;
        this.onabort?.();
      }
    }
    vi.stubGlobal('XMLHttpRequest', FakeRequest);
    const progress: number[] = [];
    await sendFile(clientOf(), { url, fields: { key: 'k' } }, new Blob(['bytes']), {
      onProgress: ({ sentBytes }) => progress.push(sentBytes),
    });
    expect([...(sent[0]?.keys() ?? [])]).toEqual(['key', 'file']);
    expect(progress).toEqual([3]);
    const controller = new AbortController();
    const call = failureOf(
      sendFile(clientOf(), { url, fields: { key: 'hang' } }, new Blob(['bytes']), {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
    );
    expect(await call).toMatchObject({ name: 'AbortError' });
    expect(aborts).toBe(1);
  });
});

/** Sends the ZIP from where it is asked for, at most so many bytes per connection. */
const serveZip =
  (bytesPerConnection: (connection: number) => number, bytes: Uint8Array = zip): Handler =>
  (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': rest.length });
    const part = rest.subarray(0, bytesPerConnection(requests.length));
    if (part.length === rest.length) response.end(part);
    else response.write(part, () => setImmediate(() => response.destroy()));
  };

describe('A download', () => {
  it('gives the bytes that were promised, and tells the progress', async () => {
    storage = serveZip(() => zip.length);
    const received: number[] = [];
    const blob = await downloadZip(clientOf(), 'v', {
      onProgress: ({ receivedBytes }) => received.push(receivedBytes),
    });
    expect(Buffer.from(await blob.arrayBuffer()).equals(zip)).toBe(true);
    expect(blob.type).toBe('application/zip');
    expect(received.at(-1)).toBe(zip.length);
  });

  it('goes on where the connection broke, wherever that was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 4 }), async (cuts) => {
        requests = [];
        storage = serveZip((connection) => cuts[connection - 1] ?? zip.length);
        const path = join(directory, 'frames.zip');
        await saveZip(clientOf(), 'v', path);
        expect((await readFile(path)).equals(zip)).toBe(true);
      }),
      { numRuns: 20 },
    );
    expect(await readdir(directory)).toEqual(['frames.zip']);
  });

  const damages: [string, () => void, Partial<{ sizeBytes: number }>][] = [
    [
      'a changed byte',
      () => {
        storage = serveZip(
          () => zip.length,
          Buffer.concat([zip.subarray(0, -1), Buffer.from([zip[zip.length - 1] === 0 ? 1 : 0])]),
        );
      },
      {},
    ],
    [
      'more bytes than promised',
      () => {
        storage = serveZip(() => zip.length);
      },
      { sizeBytes: zip.length - 1 },
    ],
  ];
  it.each(damages)('with %s fails with DOWNLOAD_DAMAGED and leaves no file', async (_what, set, promised) => {
    set();
    const path = join(directory, 'frames.zip');
    await writeFile(path, 'what was there before');
    const damaged = { code: 'DOWNLOAD_DAMAGED' };
    expect(await failureOf(saveZip(clientOf(promised), 'v', path))).toMatchObject(damaged);
    expect(await failureOf(downloadZip(clientOf(promised), 'v'))).toMatchObject(damaged);
    expect(await readdir(directory)).toEqual(['frames.zip']);
    expect(await readFile(path, 'utf8')).toBe('what was there before');
  });

  it('that S3 refuses fails with DOWNLOAD_REFUSED', async () => {
    storage = (_request, response) =>
      void response.writeHead(403).end(s3Error('AccessDenied', 'Request has expired'));
    const error = await failureOf(downloadZip(clientOf(), 'v'));
    expect(error).toMatchObject({ code: 'DOWNLOAD_REFUSED', status: 403 });
    expect(requests).toHaveLength(1);
  });

  it('ends with an AbortError where it is aborted half-way, and leaves no file', async () => {
    const controller = new AbortController();
    storage = (_request, response) => {
      response.writeHead(200).write(zip.subarray(0, 1000));
    };
    const call = saveZip(clientOf(), 'v', join(directory, 'frames.zip'), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError' });
    expect(await readdir(directory)).toEqual([]);
  });

  it('can be left half-way', async () => {
    storage = (_request, response) => void response.writeHead(200).write(zip.subarray(0, 1000));
    const { stream, sizeBytes } = await openZip(clientOf(), 'v');
    expect(sizeBytes).toBe(zip.length);
    const reader = stream.getReader();
    await reader.read();
    const closed = new Promise((resolve) => requests[0]?.socket.once('close', resolve));
    await reader.cancel();
    await closed;
  });

  it('says so where a page cannot check it', async () => {
    vi.stubGlobal('crypto', {});
    expect(await failureOf(downloadZip(clientOf(), 'v'))).toMatchObject({ code: 'INSECURE_CONTEXT' });
  });
});
