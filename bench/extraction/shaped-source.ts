import { openSync, read } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { VideoSource } from '../../engine/index.ts';

/** The connection between engine and storage. */
export interface Shape {
  /** Latency before the first byte of each answer. */
  latencyMilliseconds: number;
  /** Bandwidth for all answers together. */
  bytesPerSecond: number;
}

/** Storage in the function's own region. */
export const STORAGE: Shape = { latencyMilliseconds: 20, bytesPerSecond: 80_000_000 };

const CHUNK_BYTES = 1024 * 1024;

/** A file as a video source, with the latency and bandwidth of `shape`. Without a shape it reads the file directly. */
export const shapedSource = async (path: string, shape: Shape | undefined): Promise<VideoSource> => {
  const file = openSync(path, 'r');
  const { size: sizeBytes } = await stat(path);
  let lineFreeAt = 0;
  const answer = async (offset: number, length: number): Promise<Buffer> => {
    const bytes = await readFrom(file, length, offset);
    if (shape) {
      lineFreeAt = Math.max(performance.now(), lineFreeAt) + (bytes.byteLength / shape.bytesPerSecond) * 1000;
      await delay(lineFreeAt - performance.now());
    }
    return bytes;
  };
  const begin = () => (shape ? delay(shape.latencyMilliseconds) : undefined);
  return {
    ...{ name: 'clip', etag: '"clip"', sizeBytes },
    read: async ({ offset, length }) => {
      await begin();
      return answer(offset, length);
    },
    stream: async function* () {
      await begin();
      for (let offset = 0; offset < sizeBytes; offset += CHUNK_BYTES) yield answer(offset, CHUNK_BYTES);
    },
  };
};

const readFrom = (file: number, length: number, offset: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    read(file, Buffer.allocUnsafe(length), 0, length, offset, (error, bytesRead, buffer) =>
      error ? reject(error) : resolve(buffer.subarray(0, bytesRead)),
    );
  });
