import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RunId, UserId, VideoId } from '../../../functions/contracts/ids.ts';
import { videoPrefix, zipKey } from '../../../functions/contracts/storage-keys.ts';
import { S3FrameStore } from '../../../functions/process/adapters/s3/s3-frame-store.ts';
import { REGION } from '../../../local/constants.ts';
import type { BusEvent } from '../../../local/events/event-bus.ts';
import { silentLog } from '../../../local/log.ts';
import { freePort } from '../../../local/ports.ts';
import { ProcessLedger } from '../../../local/processes/ledger.ts';
import type { ManagedProcess } from '../../../local/processes/managed-process.ts';
import { objectService } from '../../../local/services/aws-services.ts';
import {
  createStateDirectory,
  type StateDirectory,
  stateDirectoryAt,
} from '../../../local/state/directory.ts';
import { LocalSecrets } from '../../../local/state/secrets.ts';
import { createStorageFront, type StorageFront } from '../../../local/storage-front/front.ts';
import { eventually } from '../../support/eventually.ts';
import { makeStateDir } from './running-stack.ts';

const MIB = 1024 * 1024;
const Bucket = 'videos';
const keys = { accessKeyId: 'LOCAL', secretAccessKey: 'very-secret' };

let state: StateDirectory;
let store: ManagedProcess;
let front: StorageFront;
let server: Server;
let endpoint: string;
let s3: S3Client;
let nowMilliseconds = 0;
let events: BusEvent[] = [];

beforeAll(async () => {
  state = stateDirectoryAt(await makeStateDir());
  await createStateDirectory(state);
  const services = {
    state,
    log: silentLog,
    ledger: new ProcessLedger(state.ledgerFile),
    secrets: new LocalSecrets(state.secretsFile),
  };
  const storePort = await freePort();
  store = objectService(services, storePort);
  await store.start();
  front = createStorageFront({
    storePort,
    objectsDirectory: state.objects,
    keys,
    log: silentLog,
    now: () => Date.now() + nowMilliseconds,
    publish: async (event) => {
      events.push(event);
    },
    buckets: [
      {
        logicalId: 'Videos',
        name: Bucket,
        emitsEvents: true,
        cors: [
          {
            allowedOrigins: ['http://localhost:3000'],
            allowedMethods: ['POST', 'GET'],
            allowedHeaders: ['content-*'],
            exposedHeaders: ['ETag'],
            maxAgeSeconds: 600,
          },
        ],
      },
    ],
  });
  server = createServer(front.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  s3 = new S3Client({ region: REGION, endpoint, forcePathStyle: true, credentials: keys });
  await s3.send(new CreateBucketCommand({ Bucket }));
});

beforeEach(() => {
  nowMilliseconds = 0;
  events = [];
});

afterAll(async () => {
  s3?.destroy();
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  front?.close();
  await store?.stop();
  await rm(state.root, { recursive: true, force: true });
});

const presign = (key: string, options: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(s3, {
    Bucket,
    Key: key,
    Conditions: [['content-length-range', 2, 20 * MIB]],
    Fields: { 'Content-Type': 'video/mp4' },
    Expires: 600,
    ...options,
  });

interface Refusal {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

const readXml = async (answer: Response): Promise<Refusal> => {
  const xml = await answer.text();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return { status: answer.status, code: element('Code'), message: element('Message') };
};

const post = (url: string, fields: Record<string, string>, file: Buffer | undefined, fileField = 'file') => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file !== undefined) form.append(fileField, new Blob([new Uint8Array(file)]), 'a "film".mp4');
  return fetch(url, { method: 'POST', body: form });
};

const keysIn = async (prefix: string): Promise<string[]> => {
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
  return (Contents ?? []).map(({ Key = '' }) => Key);
};

/** Multipart uploads of which the store still has parts. */
const openUploads = (): Promise<string[]> => readdir(join(state.objects, '_multipart'));

describe('a form upload', () => {
  test('stores the file with the content type of its policy and emits one event', async () => {
    const { url, fields } = await presign('forms/small', {
      Fields: { 'Content-Type': 'video/mp4', success_action_status: '201' },
    });
    const answer = await post(url, fields, Buffer.from('hello'));
    expect(answer.status).toBe(201);
    expect(await answer.text()).toContain('<Key>forms/small</Key>');
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'forms/small' }));
    expect(head).toMatchObject({ ContentType: 'video/mp4', ContentLength: 5 });
    await eventually('the event', () => events[0]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: {
        bucket: { name: Bucket },
        object: { key: 'forms/small', size: 5, etag: head.ETag?.replaceAll('"', '') },
        reason: 'POST Object',
      },
    });
  });

  test('of several parts is stored byte for byte', async () => {
    const file = randomBytes(17 * MIB + 3);
    const { url, fields } = await presign('forms/large');
    expect((await post(url, fields, file)).status).toBe(204);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'forms/large' }));
    const stored = (await Body?.transformToByteArray()) ?? new Uint8Array();
    expect(createHash('sha256').update(stored).digest('hex')).toBe(
      createHash('sha256').update(file).digest('hex'),
    );
    expect(await openUploads()).toEqual([]);
  });

  test.each([
    ['one byte too large', 20 * MIB + 1, 'EntityTooLarge'],
    ['a byte too small', 1, 'EntityTooSmall'],
    ['empty', 0, 'EntityTooSmall'],
  ])('that is %s is refused, and no object, part or event remains', async (_, sizeBytes, code) => {
    const { url, fields } = await presign('refused/size');
    const refusal = await readXml(await post(url, fields, Buffer.alloc(sizeBytes)));
    expect(refusal).toMatchObject({ status: 400, code });
    expect(await keysIn('refused/size')).toEqual([]);
    expect(await openUploads()).toEqual([]);
    expect(events).toEqual([]);
  });

  test('of exactly the maximum size is accepted', async () => {
    const { url, fields } = await presign('forms/exact', {
      Conditions: [['content-length-range', 1, 9 * MIB]],
    });
    expect((await post(url, fields, Buffer.alloc(9 * MIB))).status).toBe(204);
  });

  test('is refused during the transfer as soon as it is too large', async () => {
    const { url, fields } = await presign('refused/endless', {
      Conditions: [['content-length-range', 1, 10_000]],
    });
    const boundary = 'frontier';
    const part = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const head = Object.entries(fields)
      .map(([name, value]) => part(name, value))
      .join('');
    const status = await new Promise((resolve, reject) => {
      const upload = request(url, {
        method: 'POST',
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      });
      upload.once('response', (answer) => {
        resolve(answer.statusCode);
        upload.destroy();
      });
      upload.once('error', reject);
      upload.write(
        `${head}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`,
      );
      // The upload never ends, so only an early answer passes this test.
      upload.write(Buffer.alloc(20_000));
    });
    expect(status).toBe(400);
    expect(await keysIn('refused/endless')).toEqual([]);
  });

  test('that the client aborts leaves no part and no object', async () => {
    const { url, fields } = await presign('refused/broken');
    const boundary = 'frontier';
    const head = Object.entries(fields)
      .map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      .join('');
    const upload = request(url, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    upload.on('error', () => {});
    upload.write(`${head}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`);
    upload.write(Buffer.alloc(18 * MIB));
    await eventually('a part', async () => ((await openUploads()).length > 0 ? true : undefined));
    upload.destroy();
    await eventually('no parts', async () => ((await openUploads()).length === 0 ? true : undefined));
    expect(await keysIn('refused/broken')).toEqual([]);
  });

  test.each<[string, (fields: Record<string, string>) => Record<string, string>, number, string, RegExp]>([
    [
      'another key',
      (fields) => ({ ...fields, key: 'refused/other' }),
      403,
      'AccessDenied',
      /Policy Condition failed.*key/,
    ],
    [
      'another content type',
      (fields) => ({ ...fields, 'Content-Type': 'text/html' }),
      403,
      'AccessDenied',
      /Policy Condition failed/,
    ],
    [
      'an extra field',
      (fields) => ({ ...fields, 'x-amz-meta-more': '1' }),
      403,
      'AccessDenied',
      /Extra input fields: x-amz-meta-more/,
    ],
    [
      'another signature',
      (fields) => ({ ...fields, 'X-Amz-Signature': '0'.repeat(64) }),
      403,
      'SignatureDoesNotMatch',
      /./,
    ],
    [
      'another policy',
      (fields) => ({
        ...fields,
        Policy: Buffer.from('{"expiration":"2999-01-01T00:00:00Z","conditions":[]}').toString('base64'),
      }),
      403,
      'SignatureDoesNotMatch',
      /./,
    ],
    ['no policy', ({ Policy: _, ...fields }) => fields, 403, 'AccessDenied', /Access Denied/],
    [
      'no signature',
      ({ 'X-Amz-Signature': _, ...fields }) => fields,
      400,
      'InvalidArgument',
      /x-amz-signature/,
    ],
    [
      'the key of another user',
      (fields) => ({ ...fields, 'X-Amz-Credential': 'OTHER/20260101/us-east-1/s3/aws4_request' }),
      403,
      'InvalidAccessKeyId',
      /./,
    ],
  ])('with %s is refused', async (_, change, status, code, message) => {
    const { url, fields } = await presign('refused/form');
    const refusal = await readXml(await post(url, change(fields), Buffer.from('hello')));
    expect(refusal).toMatchObject({ status, code });
    expect(refusal.message).toMatch(message);
    expect(await keysIn('refused/')).toEqual([]);
  });

  test('after its policy has expired is refused', async () => {
    const { url, fields } = await presign('refused/late');
    nowMilliseconds = 601_000;
    const refusal = await readXml(await post(url, fields, Buffer.from('hello')));
    expect(refusal).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(refusal.message).toContain('Policy expired');
  });

  test.each([
    ['without a file', undefined, 'file'],
    ['with its file in a field of another name', Buffer.from('hello'), 'upload'],
  ])('%s is refused', async (_, file, fileField) => {
    const { url, fields } = await presign('refused/no-file');
    expect(await readXml(await post(url, fields, file, fileField))).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    });
  });
});

describe('a presigned URL', () => {
  test('returns the object with the signed header, until it expires', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'signed/ä b+c', Body: 'content' }));
    const command = new GetObjectCommand({
      Bucket,
      Key: 'signed/ä b+c',
      ResponseContentDisposition: 'attachment; filename="frames.zip"',
    });
    const url = await getSignedUrl(s3, command, { expiresIn: 60 });
    const answer = await fetch(url);
    expect(await answer.text()).toBe('content');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="frames.zip"');
    const changed = await fetch(url.replace('frames.zip', 'other.zip'));
    expect(await readXml(changed)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
    nowMilliseconds = 61_000;
    expect(await readXml(await fetch(url))).toMatchObject({ status: 403, message: 'Request has expired' });
  });

  test('accepts an upload', async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'signed/put' }), {
      expiresIn: 60,
    });
    expect((await fetch(url, { method: 'PUT', body: 'mine' })).status).toBe(200);
    await eventually('the event', () => events[0]);
    expect(events[0]).toMatchObject({
      detail: { object: { key: 'signed/put', size: 4 }, reason: 'PutObject' },
    });
  });

  test('is refused for a path with another key', async () => {
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'signed/put' }), {
      expiresIn: 60,
    });
    expect((await fetch(url.replace('signed/put', 'signed/other'))).status).toBe(403);
  });
});

test('a request without a valid signature is refused', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'private', Body: 'secret' }));
  for (const path of ['private', '', '?list-type=2']) {
    expect(await readXml(await fetch(`${endpoint}/${Bucket}/${path}`))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
  }
  const put = await fetch(`${endpoint}/${Bucket}/private`, { method: 'PUT', body: 'mine now' });
  expect(put.status).toBe(403);
  const forged = await fetch(`${endpoint}/${Bucket}/private`, {
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=OTHER/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
    },
  });
  expect(await readXml(forged)).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' });
});

describe('reading', () => {
  const text = '0123456789';
  let etag: string;

  beforeAll(async () => {
    etag = (await s3.send(new PutObjectCommand({ Bucket, Key: 'digits', Body: text }))).ETag ?? '';
  });

  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', text, 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('of %s returns exactly these bytes', async (Range, expected, contentRange) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
    expect(await answer.Body?.transformToString()).toBe(expected);
    expect(answer.ContentRange).toBe(contentRange);
    expect(answer.$metadata.httpStatusCode).toBe(206);
  });

  test('beyond the end is refused', async () => {
    const read = s3.send(new GetObjectCommand({ Bucket, Key: 'digits', Range: 'bytes=10-' }));
    await expect(read).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  test('is pinned to a version by its ETag', async () => {
    const pinned = await s3.send(new GetObjectCommand({ Bucket, Key: 'digits', IfMatch: etag }));
    expect(await pinned.Body?.transformToString()).toBe(text);
    const other = s3.send(new GetObjectCommand({ Bucket, Key: 'digits', IfMatch: '"other"' }));
    await expect(other).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    const unchanged = s3.send(new GetObjectCommand({ Bucket, Key: 'digits', IfNoneMatch: etag }));
    await expect(unchanged).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  test('of a missing object is NoSuchKey', async () => {
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('cannot leave the directory of the objects', async () => {
    const command = new GetObjectCommand({ Bucket, Key: '../../../secrets.json' });
    await expect(s3.send(command)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('writing', () => {
  test('accepts a stream with the SDK’s chunks and trailer, larger than one part', async () => {
    const body = randomBytes(9 * MIB + 1);
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'put/stream',
        Body: Readable.from([body.subarray(0, 5_000_000), body.subarray(5_000_000)]),
        ContentLength: body.length,
        ContentType: 'application/zip',
        Metadata: { hash: 'abc' },
      }),
    );
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'put/stream' }));
    expect(answer).toMatchObject({
      ContentLength: body.length,
      ContentType: 'application/zip',
      Metadata: { hash: 'abc' },
    });
    expect(body.equals((await answer.Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
  });

  test('accepts the parts of the SDK’s uploader for a stream of unknown length', async () => {
    const body = randomBytes(12 * MIB);
    const upload = new Upload({
      client: s3,
      params: { Bucket, Key: 'put/parts', Body: Readable.from([body]) },
    });
    await upload.done();
    await eventually('the event', () => events[0]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      detail: { object: { key: 'put/parts', size: 12 * MIB }, reason: 'CompleteMultipartUpload' },
    });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'put/parts' }));
    expect(body.equals((await Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
  });

  test('with If-None-Match never replaces an object', async () => {
    const put = () => s3.send(new PutObjectCommand({ Bucket, Key: 'put/once', Body: 'x', IfNoneMatch: '*' }));
    await put();
    await expect(put()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('emits an event for a copy but not for a deletion', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'put/source', Body: 'x' }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'put/copy', CopySource: `${Bucket}/put/source` }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'put/source' }));
    await eventually('both events', () => events[1]);
    expect(events).toMatchObject([{ detail: { reason: 'PutObject' } }, { detail: { reason: 'CopyObject' } }]);
    expect(await keysIn('put/source')).toEqual([]);
  });
});

describe('a browser', () => {
  const preflight = (origin: string, method: string, headers = 'content-type') =>
    fetch(`${endpoint}/${Bucket}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    });

  test('of an allowed origin may upload', async () => {
    const answer = await preflight('http://localhost:3000', 'POST');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(answer.headers.get('access-control-max-age')).toBe('600');
    const { url, fields } = await presign('cors/file');
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['hello']));
    const upload = await fetch(url, {
      method: 'POST',
      body: form,
      headers: { origin: 'http://localhost:3000' },
    });
    expect(upload.status).toBe(204);
    expect(upload.headers.get('access-control-expose-headers')).toBe('ETag');
  });

  test.each([
    ['http://localhost:3000.evil.example', 'POST', 'content-type'],
    ['null', 'POST', 'content-type'],
    ['http://localhost:3000', 'DELETE', 'content-type'],
    ['http://localhost:3000', 'POST', 'x-other'],
  ])('of origin %s may not %s with %s', async (origin, method, headers) => {
    expect((await preflight(origin, method, headers)).status).toBe(403);
  });
});

test('unsupported sub-resources are refused', async () => {
  const answer = await fetch(
    await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'x' }), { expiresIn: 60 }),
  );
  expect(answer.status).toBe(404);
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});

test('the list of multipart uploads has those that are neither completed nor aborted', async () => {
  const begin = async (Key: string) => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    return { Bucket, Key, UploadId };
  };
  const [left, aborted, completed] = [
    await begin('parts/a & b.zip'),
    await begin('parts/aborted.zip'),
    await begin('parts/completed.zip'),
  ];
  await begin('elsewhere/c.zip');
  const { ETag } = await s3.send(new UploadPartCommand({ ...completed, PartNumber: 1, Body: 'whole' }));
  const keysBelow = async (Prefix: string) => {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
    return Uploads.map(({ Key, UploadId }) => [Key, UploadId]);
  };
  expect(await keysBelow('parts/')).toHaveLength(3);
  await s3.send(new AbortMultipartUploadCommand(aborted));
  await s3.send(
    new CompleteMultipartUploadCommand({
      ...completed,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    }),
  );
  expect(await keysBelow('parts/')).toEqual([[left.Key, left.UploadId]]);
  expect(await keysBelow('')).toHaveLength(2);
});

test('the multipart uploads of a killed run are aborted with its other output, also by concurrent calls', async () => {
  const run = {
    userId: UserId.parse(randomUUID()),
    videoId: VideoId.parse(randomUUID()),
    runId: RunId.parse(randomUUID()),
  };
  const other = { ...run, runId: RunId.parse(randomUUID()) };
  for (const Key of [zipKey(run), zipKey(run), zipKey(run), zipKey(other)])
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const keysLeft = async () => {
    const { Uploads = [] } = await s3.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: videoPrefix(run) }),
    );
    return Uploads.map(({ Key }) => Key);
  };
  expect(await keysLeft()).toHaveLength(4);
  const store = new S3FrameStore(s3, Bucket);
  await Promise.all([store.discardRun(run), store.discardRun(run), store.discardRun(run)]);
  expect(await keysLeft()).toEqual([zipKey(other)]);
  await store.discardOutput(run);
  expect(await keysLeft()).toEqual([]);
});
