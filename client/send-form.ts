import type { Fetch } from './transport.ts';

/** The presigned form that `createVideo` answers. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FormAnswer {
  readonly status: number;
  readonly text: string;
}

export interface Sending {
  readonly signal: AbortSignal;
  /** @param bytes of the request that have been handed to the network */
  readonly onBytes: (bytes: number) => void;
}

/** Sends a form with its file. @throws what the network or the file throws */
export type SendForm = (form: UploadForm, file: Blob, sending: Sending) => Promise<FormAnswer>;

/** The way that tells the progress here: browsers tell it of an XMLHttpRequest alone. */
export const sendFormBy = (fetch: Fetch): SendForm => {
  const name: string = 'XMLHttpRequest';
  const Request: (new () => XmlHttpRequest) | undefined = Reflect.get(globalThis, name);
  return Request === undefined ? sendByFetch(fetch) : sendByXmlHttpRequest(() => new Request());
};

/**
 * Streams the form, so that the file is never in memory as a whole. S3 wants to know the length beforehand; Node's fetch
 * takes it from the header.
 */
const sendByFetch =
  (fetch: Fetch): SendForm =>
  async ({ url, fields }, file, { signal, onBytes }) => {
    const boundary = `frame-flow-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
    const part = (disposition: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
    const form = new Blob([
      ...Object.entries(fields).map(([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`),
      `${part('name="file"; filename="file"')}Content-Type: application/octet-stream\r\n\r\n`,
      file,
      `\r\n--${boundary}--\r\n`,
    ]);
    let bytes = 0;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.length;
        onBytes(bytes);
        controller.enqueue(chunk);
      },
    });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: form.stream().pipeThrough(count),
      duplex: 'half',
      // With these two, fetch sends the request itself and not a copy (Fetch Standard, "HTTP-network-or-cache fetch",
      // step 1). Node copies a stream by keeping all of it in memory: a file of 400 MB took 499 MB, and now 95 MB.
      redirect: 'error',
      window: null,
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(form.size),
      },
      signal,
    };
    const response = await fetch(url, init);
    return { status: response.status, text: await response.text() };
  };

/** As much of a browser's XMLHttpRequest as is used. */
export interface XmlHttpRequest {
  readonly upload: { onprogress: ((event: { readonly loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  readonly status: number;
  readonly responseText: string;
  open(method: string, url: string): void;
  send(body: FormData): void;
  abort(): void;
}

const sendByXmlHttpRequest =
  (newRequest: () => XmlHttpRequest): SendForm =>
  ({ url, fields }, file, { signal, onBytes }) =>
    new Promise((resolve, reject) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', file);
      const request = newRequest();
      const abort = (): void => request.abort();
      const end = (settle: () => void) => (): void => {
        signal.removeEventListener('abort', abort);
        settle();
      };
      request.upload.onprogress = ({ loaded }) => onBytes(loaded);
      request.onload = end(() => resolve({ status: request.status, text: request.responseText }));
      request.onerror = end(() => reject(new TypeError('The request got no answer')));
      request.onabort = end(() => reject(signal.reason));
      request.open('POST', url);
      signal.addEventListener('abort', abort, { once: true });
      request.send(form);
    });
