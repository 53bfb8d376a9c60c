import type { Client } from './create-client.ts';
import { FrameFlowError } from './errors.ts';
import { patiently } from './retry.ts';
import { downloadRefusal } from './storage-answers.ts';
import { withinTimeLimit } from './time.ts';
import { unanswered } from './transport.ts';
import type { AnswerOf } from './types.ts';

export type Download = AnswerOf<'getDownload'>;

export interface DownloadOptions {
  readonly onProgress?: (progress: { readonly receivedBytes: number; readonly totalBytes: number }) => void;
  readonly signal?: AbortSignal;
}

/** A SHA-256 that takes its bytes piece by piece. WebCrypto has none; `client/node.ts` has Node's. */
export interface IncrementalHash {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  digest(): string;
}

export interface OpenOptions extends DownloadOptions {
  /** @default the SHA-256 is left to the caller */
  readonly hash?: IncrementalHash;
}

/** A download that has started. */
export interface OpenZip extends Pick<Download, 'sizeBytes' | 'sha256'> {
  /** Errors with DOWNLOAD_DAMAGED instead of ending where the bytes are not those that the API promised. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens the ZIP of a video as a stream. If the connection breaks, the download continues from the last byte received.
 *
 * @throws FrameFlowError and so does the stream, also DOWNLOAD_REFUSED and DOWNLOAD_DAMAGED; the signal's reason
 */
export const openZip = async (client: Client, id: string, options: OpenOptions = {}): Promise<OpenZip> => {
  const { hash, onProgress, signal } = options;
  const download = await client.getDownload({ id }, { signal });
  const { sizeBytes, sha256 } = download;
  const parts = new Parts(client, id, download, signal);
  let receivedBytes = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      if (receivedBytes === sizeBytes) {
        if (hash !== undefined && hash.digest() !== sha256) throw damaged();
        return controller.close();
      }
      const chunk = await parts.next(receivedBytes);
      receivedBytes += chunk.length;
      if (receivedBytes > sizeBytes) throw damaged();
      hash?.update(chunk);
      onProgress?.({ receivedBytes, totalBytes: sizeBytes });
      controller.enqueue(chunk);
    },
    cancel: () => parts.close(),
  });
  return { sizeBytes, sha256, stream };
};

/**
 * Downloads the ZIP of a video and checks its size and its SHA-256. It is held in memory, as a browser does that offers a
 * Blob to be saved; `saveZip` of `client/node.ts` writes it to a file.
 *
 * @throws FrameFlowError also DOWNLOAD_REFUSED, DOWNLOAD_DAMAGED, INSECURE_CONTEXT; the signal's reason
 */
export const downloadZip = async (
  client: Client,
  id: string,
  options: DownloadOptions = {},
): Promise<Blob> => {
  const subtle: typeof crypto.subtle | undefined = crypto.subtle;
  if (subtle === undefined) {
    const detail = 'This page cannot check the download, because it does not come from https.';
    throw new FrameFlowError({ code: 'INSECURE_CONTEXT', operation: 'download', detail });
  }
  const { stream, sha256 } = await openZip(client, id, options);
  const blob = await new Response(stream, { headers: { 'content-type': 'application/zip' } }).blob();
  const digest = new Uint8Array(await subtle.digest('SHA-256', await blob.arrayBuffer()));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== sha256) throw damaged();
  return blob;
};

const damaged = (): FrameFlowError =>
  new FrameFlowError({
    ...{ code: 'DOWNLOAD_DAMAGED', operation: 'download' },
    detail: 'The file received is not the one that the service promised: download it again.',
  });

type ByteReader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/** The bytes of an object, over as many connections as it takes. */
class Parts {
  readonly #client: Client;
  readonly #id: string;
  readonly #promised: Download;
  readonly #signal: AbortSignal | undefined;
  /** A link that has not been used yet. */
  #link: Download | undefined;
  #reader: ByteReader | undefined;

  constructor(client: Client, id: string, promised: Download, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#id = id;
    this.#promised = promised;
    this.#signal = signal;
    this.#link = promised;
  }

  /** The next bytes from this offset on. @throws FrameFlowError; the signal's reason */
  next(offset: number): Promise<Uint8Array<ArrayBuffer>> {
    const { transport } = this.#client;
    return patiently(transport, { signal: this.#signal }, async () => {
      const link = this.#link ?? (this.#reader === undefined ? await this.#newLink() : undefined);
      this.#link = undefined;
      try {
        return await withinTimeLimit(transport.timeoutMilliseconds, this.#signal, async ({ signal }) => {
          if (link !== undefined) this.#reader = await this.#open(link, offset, signal);
          const { value, done } = (await this.#reader?.read()) ?? { done: true };
          if (done || value === undefined) throw new TypeError('The connection ended before the file did');
          return value;
        });
      } catch (cause) {
        await this.close();
        throw unanswered('download', cause, this.#signal);
      }
    });
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.cancel().catch(() => undefined);
  }

  /** A link lives for minutes. @throws FrameFlowError DOWNLOAD_DAMAGED where it leads to another ZIP by now */
  async #newLink(): Promise<Download> {
    const link = await this.#client.getDownload({ id: this.#id }, { signal: this.#signal });
    if (link.sha256 !== this.#promised.sha256) throw damaged();
    return link;
  }

  async #open({ url }: Download, offset: number, signal: AbortSignal): Promise<ByteReader> {
    const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await this.#client.transport.fetch(url, { headers, signal });
    const expected = offset === 0 ? 200 : 206;
    if (response.status !== expected || response.body === null) {
      throw downloadRefusal({ status: response.status, text: await response.text() });
    }
    return response.body.getReader();
  }
}
