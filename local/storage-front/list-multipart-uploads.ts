import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { escapeXml } from './s3-failure.ts';

/** The file that `fauxqs` writes for a multipart upload in progress. */
const StoredUpload = z.object({
  uploadId: z.string(),
  bucket: z.string(),
  key: z.string(),
  initiated: z.string(),
});
type StoredUpload = z.infer<typeof StoredUpload>;

/**
 * The answer to ListMultipartUploads. `fauxqs` does not support it and would list the objects instead. All uploads of a
 * bucket are on one page.
 * @param objectsDirectory the directory of the object store's files
 */
export const listMultipartUploads = async (
  objectsDirectory: string,
  bucket: string,
  prefix: string,
): Promise<string> => {
  const uploads = (await readUploads(join(objectsDirectory, '_multipart')))
    .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix))
    .sort((a, b) => compare(a.key, b.key) || compare(a.initiated, b.initiated));
  const elements = uploads.map(
    ({ key, uploadId, initiated }) =>
      `<Upload><Key>${escapeXml(key)}</Key><UploadId>${escapeXml(uploadId)}</UploadId>` +
      `<Initiated>${escapeXml(initiated)}</Initiated><StorageClass>STANDARD</StorageClass></Upload>`,
  );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListMultipartUploadsResult>` +
    `<Bucket>${escapeXml(bucket)}</Bucket><Prefix>${escapeXml(prefix)}</Prefix>` +
    `<IsTruncated>false</IsTruncated>${elements.join('')}</ListMultipartUploadsResult>`
  );
};

const readUploads = async (directory: string): Promise<StoredUpload[]> => {
  const ids = await readdir(directory).catch(() => []);
  const uploads = await Promise.all(ids.map((id) => readUpload(join(directory, id, '.upload.json'))));
  return uploads.filter((upload) => upload !== undefined);
};

/** Undefined if the upload has ended since its directory was listed. */
const readUpload = async (file: string): Promise<StoredUpload | undefined> => {
  try {
    return StoredUpload.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
