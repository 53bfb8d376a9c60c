import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ByteRange } from '../../engine/index.ts';
import { fileError } from '../errors.ts';
import type { OpenedSource } from './opened-source.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A file of this machine. @throws CliError where it is no file or empty; the file system's error. */
export const openFile = async (path: string): Promise<OpenedSource> => {
  const file = await open(path, 'r');
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      const kind = stats.isDirectory() ? 'a folder' : 'not a regular file';
      throw fileError('NOT_A_FILE', `${path} is ${kind}.`, 'Name video files.');
    }
    if (stats.size === 0) {
      throw fileError('EMPTY_FILE', `${path} is empty.`, 'Copy or download the file again.');
    }
    return new LocalSource(file, basename(path), stats.size, `${stats.size}-${stats.mtimeMs}`);
  } catch (error) {
    await file.close();
    throw error;
  }
};

class LocalSource implements OpenedSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly #file: FileHandle;

  constructor(file: FileHandle, name: string, sizeBytes: number, etag: string) {
    this.#file = file;
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.etag = etag;
  }

  async read({ offset, length }: ByteRange): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let offset = 0; offset < this.sizeBytes; ) {
      signal.throwIfAborted();
      const chunk = await this.read({ offset, length: Math.min(CHUNK_BYTES, this.sizeBytes - offset) });
      if (chunk.byteLength === 0) return;
      offset += chunk.byteLength;
      yield chunk;
    }
  }

  async sha256(signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of this.stream(signal)) hash.update(chunk);
    return hash.digest('hex');
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
