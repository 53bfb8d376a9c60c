import { type ByteRange, ExtractionError } from '../../engine/index.ts';
import { CliError, fileError, usageError } from '../errors.ts';
import type { OpenedSource } from './opened-source.ts';
import { SilenceWatch } from './silence-watch.ts';

const PARTIAL_CONTENT = 206;
const PRECONDITION_FAILED = 412;
const CONTENT_RANGE = /^bytes (?<start>\d+)-\d+\/(?<size>\d+)$/;

/** The version of the file that is read: another one is never mixed into it. */
interface Version {
  sizeBytes: number;
  etag: string | undefined;
  lastModified: string | undefined;
}

/**
 * A video on a web server, read in ranges: of a large file only those bytes travel that the frames need.
 *
 * @throws CliError where the address cannot be read in ranges; the signal's reason.
 */
export const openAddress = async (input: string, signal: AbortSignal): Promise<OpenedSource> => {
  const address = parseAddress(input);
  let answer: Response;
  try {
    answer = await requestRange(address, { offset: 0, length: 1 }, signal);
  } catch (error) {
    if (signal.aborted || error instanceof CliError) throw signal.aborted ? signal.reason : error;
    throw new CliError(
      {
        outcome: 'unreachable',
        code: 'UNREACHABLE',
        message: `${address.host} cannot be reached (${causeOf(error)}).`,
        nextStep: 'Check the address and your network.',
      },
      { cause: error },
    );
  }
  await answer.body?.cancel();
  return new RemoteSource(address, new URL(answer.url), nameOf(address), versionOf(answer, address));
};

class RemoteSource implements OpenedSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly #address: URL;
  readonly #version: Version;
  /** Where the redirects led. */
  #target: URL;

  constructor(address: URL, target: URL, name: string, version: Version) {
    this.#address = address;
    this.#target = target;
    this.#version = version;
    this.name = name;
    this.sizeBytes = version.sizeBytes;
    this.etag = version.etag ?? version.lastModified ?? '';
  }

  async read(range: ByteRange, signal: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#get(range, signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* this.#get({ offset: 0, length: this.sizeBytes }, signal);
  }

  async sha256(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {}

  async *#get(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const watch = new SilenceWatch();
    const ending = AbortSignal.any([signal, watch.signal]);
    try {
      watch.start();
      const answer = await requestRange(this.#target, range, ending, this.#version.etag).catch(
        (error: unknown) => {
          // Where a redirect led may be valid for some minutes only: the next try begins at the address again.
          this.#target = this.#address;
          throw error;
        },
      );
      this.#requireSame(versionOf(answer, this.#target));
      for await (const chunk of answer.body ?? []) {
        watch.stop();
        yield chunk;
        watch.start();
      }
    } catch (error) {
      throw ending.aborted ? ending.reason : error;
    } finally {
      watch.stop();
    }
  }

  #requireSame({ sizeBytes, etag, lastModified }: Version): void {
    const { sizeBytes: size, etag: tag, lastModified: time } = this.#version;
    if (sizeBytes === size && etag === tag && lastModified === time) return;
    throw new ExtractionError('SOURCE_REPLACED', 'The server answered with another version of the file');
  }
}

const parseAddress = (input: string): URL => {
  if (!URL.canParse(input)) throw usageError(`${input} is not a valid address.`, 'Check how it is written.');
  const address = new URL(input);
  if (address.protocol !== 'https:' && address.protocol !== 'http:') {
    throw usageError(`${address.protocol}// is not supported.`, 'Name a file or an https:// address.');
  }
  if (address.username !== '' || address.password !== '') {
    throw usageError('An address with a password is not supported.', 'Download the file first.');
  }
  return address;
};

/** One request. @throws CliError where the answer is no part of a file; ExtractionError SOURCE_REPLACED. */
const requestRange = async (
  address: URL,
  { offset, length }: ByteRange,
  signal: AbortSignal,
  etag?: string,
): Promise<Response> => {
  const answer = await fetch(address, {
    headers: {
      range: `bytes=${offset}-${offset + length - 1}`,
      // Ranges count bytes of the file, not of a compressed copy.
      'accept-encoding': 'identity',
      ...(etag !== undefined && !etag.startsWith('W/') && { 'if-match': etag }),
    },
    signal,
  });
  const { status } = answer;
  if (status === PARTIAL_CONTENT) {
    if (address.protocol === 'https:' && !answer.url.startsWith('https:')) {
      await answer.body?.cancel();
      throw fileError(
        'INSECURE_REDIRECT',
        'The server redirects to an address without encryption.',
        'Download the file first.',
      );
    }
    return answer;
  }
  await answer.body?.cancel();
  if (status === PRECONDITION_FAILED) {
    throw new ExtractionError('SOURCE_REPLACED', 'The file was replaced on its server');
  }
  if (status === 200) {
    throw fileError(
      'NO_RANGES',
      'The server does not send parts of files.',
      'Download the file and name it here.',
    );
  }
  throw fileError(
    'HTTP_STATUS',
    `${address.host} answered ${status}.`,
    'Check that the address opens in a browser.',
  );
};

const versionOf = ({ headers }: Response, address: URL): Version => {
  const size = CONTENT_RANGE.exec(headers.get('content-range') ?? '')?.groups?.size;
  if (size === undefined) {
    throw fileError(
      'NO_RANGES',
      `${address.host} does not say how large the file is.`,
      'Download the file and name it here.',
    );
  }
  return {
    sizeBytes: Number(size),
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  };
};

/** The last part of the path, as a file would be called. */
const nameOf = ({ pathname, host }: URL): string => {
  const last = pathname.split('/').findLast((part) => part !== '') ?? host;
  try {
    return decodeURIComponent(last).replaceAll(/[/\\]/g, '_');
  } catch {
    return last;
  }
};

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error
    ? cause.message || ('code' in cause ? String(cause.code) : cause.name)
    : String(cause);
};
