import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { fromBuffer, type Options, type ZipFile } from 'yauzl';
import { Manifest } from '../../functions/contracts/manifest.ts';

/** An entry of a ZIP. */
export interface ZipEntry {
  name: string;
  bytes: Buffer;
  /** Whether it is stored without compression. */
  stored: boolean;
}

const open = promisify<Buffer, Options, ZipFile>(fromBuffer);

/** Every entry of a ZIP, in order. yauzl checks the sizes. */
export const readZip = async (zip: Buffer): Promise<ZipEntry[]> => {
  const file = await open(zip, { lazyEntries: true });
  const entries: ZipEntry[] = [];
  return new Promise((resolve, reject) => {
    file.on('error', reject);
    file.on('end', () => resolve(entries));
    file.on('entry', (entry) => {
      file.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        buffer(stream).then((bytes) => {
          entries.push({ name: entry.fileName, bytes, stored: entry.compressionMethod === 0 });
          file.readEntry();
        }, reject);
      });
    });
    file.readEntry();
  });
};

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The ZIP's manifest and its frames. @throws Error if an entry differs from the manifest */
export const readFramesZip = async (zip: Buffer): Promise<{ manifest: Manifest; frames: ZipEntry[] }> => {
  const entries = await readZip(zip);
  const last = entries.at(-1);
  if (last?.name !== 'manifest.json') throw new Error('the manifest is not the last entry');
  const manifest = Manifest.parse(JSON.parse(last.bytes.toString('utf8')));
  const frames = entries.slice(0, -1);
  const told = manifest.frames.map((frame) => `${frame.fileName} ${frame.sizeBytes} ${frame.sha256}`);
  const found = frames.map((frame) => `${frame.name} ${frame.bytes.length} ${sha256(frame.bytes)}`);
  if (told.join('\n') !== found.join('\n')) {
    throw new Error(`the manifest says\n${told.join('\n')}\nthe ZIP holds\n${found.join('\n')}`);
  }
  return { manifest, frames };
};
