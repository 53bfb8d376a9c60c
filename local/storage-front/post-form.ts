import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { ObjectWriter, storedHeaders } from './object-writer.ts';
import { checkNotTooLarge, checkNotTooSmall, checkPostPolicy, type FormFields } from './post-policy.ts';
import { S3Failure } from './s3-failure.ts';
import type { SigningKeys } from './signature.ts';
import type { Upstream } from './upstream.ts';

/** S3's limit for the fields before the file, in bytes. */
const MAX_FIELDS_BYTES = 20_480;
const MAX_FIELDS = 100;

/** The object that a form has stored. */
export interface StoredForm {
  readonly key: string;
  readonly etag: string;
  readonly fields: FormFields;
}

export interface PostFormServices {
  readonly upstream: Upstream;
  readonly keys: SigningKeys;
  /** The current time in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Receives a browser's form upload: first the fields, then the file. The file is streamed into the store. The policy is
 * checked before the first byte is stored, the size while the bytes arrive.
 * @throws S3Failure after which nothing of the upload remains
 */
export const receivePostForm = (
  incoming: IncomingMessage,
  bucket: string,
  services: PostFormServices,
): Promise<StoredForm> =>
  new Promise((resolve, reject) => {
    const parser = startParser(incoming);
    const fields = new Map<string, string>();
    let fieldsBytes = 0;
    let stored: Promise<StoredForm> | undefined;
    let current: Readable | undefined;
    const fail = (error: unknown): void => {
      // The rest is read and discarded, so that the client can read the answer.
      incoming.unpipe(parser);
      incoming.resume();
      current?.destroy();
      reject(error);
    };
    parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      fieldsBytes += name.length + Buffer.byteLength(value);
      if (stored !== undefined) return;
      if (nameTruncated || valueTruncated || fieldsBytes > MAX_FIELDS_BYTES) {
        fail(
          new S3Failure(
            400,
            'MaxPostPreDataLengthExceeded',
            'Your POST request fields preceding the upload file were too large.',
          ),
        );
        return;
      }
      fields.set(name.toLowerCase(), value);
    });
    parser.on('file', (name, file, { filename }) => {
      current = file;
      file.on('error', () => {});
      if (name !== 'file') {
        fail(oneFile());
        return;
      }
      stored = storeFile(bucket, fields, filename ?? '', file, services);
      stored.catch(fail);
    });
    parser.on('fieldsLimit', () => fail(oneFile()));
    parser.on('filesLimit', () => fail(oneFile()));
    parser.on('error', () =>
      fail(
        new S3Failure(
          400,
          'MalformedPOSTRequest',
          'The body of your POST request is not well-formed multipart/form-data.',
        ),
      ),
    );
    parser.on('close', () => (stored === undefined ? fail(oneFile()) : stored.then(resolve, reject)));
    incoming.once('close', () => {
      if (!incoming.complete) fail(new S3Failure(400, 'RequestTimeout', 'The client hung up'));
    });
    incoming.pipe(parser);
  });

const startParser = (incoming: IncomingMessage): busboy.Busboy => {
  try {
    return busboy({
      headers: incoming.headers,
      limits: { fieldNameSize: 200, fieldSize: MAX_FIELDS_BYTES, fields: MAX_FIELDS, files: 1 },
    });
  } catch {
    throw new S3Failure(
      400,
      'MalformedPOSTRequest',
      'The body of your POST request is not well-formed multipart/form-data.',
    );
  }
};

const oneFile = (): S3Failure =>
  new S3Failure(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');

const storeFile = async (
  bucket: string,
  given: FormFields,
  fileName: string,
  file: Readable,
  { upstream, keys, now }: PostFormServices,
): Promise<StoredForm> => {
  const key = (given.get('key') ?? '').replaceAll(/\$\{filename\}/g, () => fileName);
  const fields = new Map([...given, ['key', key], ['bucket', bucket]]);
  if (key === '') {
    throw new S3Failure(400, 'InvalidArgument', "Bucket POST must contain a field named 'key'.");
  }
  const range = checkPostPolicy(fields, keys, now());
  const writer = new ObjectWriter(upstream, { bucket, key, headers: storedHeaders(fields) });
  let sizeBytes = 0;
  try {
    for await (const chunk of file) {
      sizeBytes += chunk.length;
      checkNotTooLarge(sizeBytes, range);
      await writer.write(chunk);
    }
    checkNotTooSmall(sizeBytes, range);
    return { key, etag: await writer.finish(), fields };
  } catch (error) {
    await writer.abort();
    throw error;
  }
};
