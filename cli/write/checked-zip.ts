import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type Entry, type Options, open as openCallback, type ZipFile } from 'yauzl';
import { MANIFEST_FILE_NAME } from '../../archive/manifest.ts';
import { Manifest } from '../../functions/contracts/manifest.ts';
import { fileError } from '../errors.ts';

const openZipFile = promisify<string, Options, ZipFile>(openCallback);

/** A frame's name, which is also safe as a file's name. */
const FRAME_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** The manifest of 10 000 frames has some 3 MB; a frame of 8K some 20 MB. */
const MAX_ENTRY_BYTES = 256 * 1024 * 1024;

/** Is given each frame, checked, in the order of the ZIP. */
export type OnFrame = (fileName: string, bytes: Uint8Array) => Promise<void>;

/**
 * Reads a ZIP of frames and holds every frame against the manifest: name, size and SHA-256, each frame once and no other
 * entry.
 *
 * @throws CliError DOWNLOAD_DAMAGED where the ZIP is not what its manifest says; the signal's reason.
 */
export const checkZip = async (
  path: string,
  signal: AbortSignal,
  onFrame: OnFrame = async () => undefined,
): Promise<{ manifest: Manifest; text: string }> => {
  // The manifest is the last entry, so that it can be written after the frames: it is looked for first.
  let text: string | undefined;
  await eachEntry(path, signal, async ({ fileName }, read) => {
    if (fileName === MANIFEST_FILE_NAME) text = (await read()).toString('utf8');
  });
  const manifest = parseManifest(text);
  const missing = new Map(manifest.frames.map((frame) => [frame.fileName, frame]));
  await eachEntry(path, signal, async ({ fileName }, read) => {
    if (fileName === MANIFEST_FILE_NAME) return;
    const frame = missing.get(fileName);
    if (frame === undefined || !FRAME_NAME.test(fileName))
      throw damaged(`${fileName} is not in its manifest`);
    missing.delete(fileName);
    const bytes = await read();
    if (
      bytes.byteLength !== frame.sizeBytes ||
      createHash('sha256').update(bytes).digest('hex') !== frame.sha256
    ) {
      throw damaged(`${fileName} is not what its manifest says`);
    }
    await onFrame(fileName, bytes);
  });
  const [first] = missing.keys();
  if (first !== undefined) throw damaged(`${first} is missing`);
  return { manifest, text: text ?? '' };
};

const parseManifest = (text: string | undefined): Manifest => {
  if (text === undefined) throw damaged('its manifest is missing');
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (error) {
    throw damaged('its manifest cannot be read', error);
  }
};

const eachEntry = async (
  path: string,
  signal: AbortSignal,
  visit: (entry: Entry, read: () => Promise<Buffer>) => Promise<void>,
): Promise<void> => {
  let file: ZipFile;
  try {
    file = await openZipFile(path, { lazyEntries: true, strictFileNames: true, autoClose: false });
  } catch (error) {
    throw damaged('it is no ZIP', error);
  }
  const openStream = promisify<Entry, NodeJS.ReadableStream>(file.openReadStream.bind(file));
  const read = async (entry: Entry): Promise<Buffer> => {
    if (entry.uncompressedSize > MAX_ENTRY_BYTES) throw damaged(`${entry.fileName} is too large`);
    return buffer(await openStream(entry));
  };
  try {
    await new Promise<void>((resolve, reject) => {
      file.once('error', (error) => reject(damaged('it cannot be read', error)));
      file.once('end', resolve);
      file.on('entry', (entry: Entry) => {
        if (signal.aborted) return reject(signal.reason);
        visit(entry, () => read(entry)).then(() => file.readEntry(), reject);
      });
      file.readEntry();
    });
  } finally {
    file.close();
  }
};

const damaged = (reason: string, cause?: unknown) =>
  fileError('DOWNLOAD_DAMAGED', `The ZIP is damaged: ${reason}.`, 'Download it again.', cause);
