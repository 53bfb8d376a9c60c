import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';
import { type BusEvent, eventEnvelope } from '../events/event-bus.ts';
import type { Log } from '../log.ts';
import type { BucketModel } from '../template/model.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { getObject } from './get-object.ts';
import { listMultipartUploads } from './list-multipart-uploads.ts';
import { receivePostForm, type StoredForm } from './post-form.ts';
import { putObject } from './put-object.ts';
import { S3Failure, sendFailure, sendXml, xmlOf } from './s3-failure.ts';
import { checkHeaderSigned, checkPresigned, type SigningKeys } from './signature.ts';
import { objectPath, queryValue, readTarget, type StorageTarget } from './target.ts';
import { headerText, Upstream } from './upstream.ts';

export interface StorageFrontServices {
  /** The object store's port on 127.0.0.1. */
  readonly storePort: number;
  /** The directory of the object store's files. */
  readonly objectsDirectory: string;
  readonly buckets: readonly BucketModel[];
  readonly keys: SigningKeys;
  /** Called once for every stored object, after the answer to the client. */
  readonly publish: (event: BusEvent) => Promise<void>;
  readonly log: Log;
  /** The current time in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface StorageFront {
  readonly listener: RequestListener;
  close(): void;
}

/** Time in which a client may continue to send after a refusal, in milliseconds. Then its connection is closed. */
const DRAIN_MILLISECONDS = 30_000;

/** Sub-resources that the object store does not know: it would answer with the object or the bucket itself. */
const UNSUPPORTED = new Set(
  'acl,tagging,policy,cors,versioning,versions,website,logging,notification,encryption,retention,legal-hold,restore,select,torrent,replication,object-lock,publicAccessBlock'.split(
    ',',
  ),
);

/**
 * The public S3 endpoint, in front of the object store (`fauxqs`).
 *
 * It handles each kind of request:
 * - CORS preflights are answered from the bucket's rules.
 * - A POST form is checked against its signed policy (post-policy.ts), then its file is streamed into the store.
 * - Every other request must be signed: a presigned URL is verified in full, a signed header by its access key only
 *   (signature.ts).
 * - GET and HEAD of an object read the store's file, because the store reads the whole file for every range
 *   (get-object.ts).
 * - PUT of an object streams: the store accepts 11 MiB per request, so a larger body becomes a multipart upload
 *   (object-writer.ts).
 * - ListMultipartUploads reads the store's files, because the store does not support the call.
 * - Everything else is forwarded.
 *
 * The store has no bucket notifications. So the front publishes an "Object Created" event after each successful POST,
 * PUT, copy or completed multipart upload, if the bucket sends its events to EventBridge.
 */
export const createStorageFront = (services: StorageFrontServices): StorageFront => {
  const { buckets, keys, log, publish, objectsDirectory } = services;
  const now = services.now ?? Date.now;
  const upstream = new Upstream(services.storePort);

  /** Publishes the event if the bucket sends its events to EventBridge. */
  const announce = async (bucketName: string, key: string, reason: string): Promise<void> => {
    const bucket = buckets.find(({ name }) => name === bucketName);
    if (bucket?.emitsEvents !== true) return;
    const { headers, status } = await upstream.call({ method: 'HEAD', path: objectPath(bucketName, key) });
    if (status !== 200) return;
    const object = {
      key,
      size: Number(headerText(headers, 'content-length') ?? 0),
      etag: (headerText(headers, 'etag') ?? '').replaceAll('"', ''),
      sequencer: process.hrtime.bigint().toString(16).toUpperCase().padStart(16, '0'),
    };
    const detail = { version: '0', bucket: { name: bucketName }, object, reason };
    await publish(eventEnvelope('aws.s3', 'Object Created', detail, [`arn:aws:s3:::${bucketName}`]));
  };

  const announceLater = (bucket: string, key: string, reason: string): void => {
    announce(bucket, key, reason).catch((error: unknown) => {
      log.warn(`Publishing the event for ${bucket}/${key} failed: ${messageOf(error)}`);
    });
  };

  const authenticate = (incoming: IncomingMessage, target: StorageTarget): void => {
    if (
      queryValue(target, 'X-Amz-Signature') !== undefined ||
      queryValue(target, 'X-Amz-Algorithm') !== undefined
    ) {
      checkPresigned({ method: incoming.method ?? 'GET', headers: incoming.headers }, target, keys, now());
    } else {
      checkHeaderSigned(incoming.headers.authorization, keys);
    }
  };

  const answerForm = (response: ServerResponse, bucket: string, form: StoredForm, host: string): void => {
    const location = `http://${host}${objectPath(bucket, form.key)}`;
    response.setHeader('ETag', form.etag);
    response.setHeader('Location', location);
    const status = form.fields.get('success_action_status');
    if (status === '201') {
      const entries = { Location: location, Bucket: bucket, Key: form.key, ETag: form.etag };
      sendXml(response, 201, xmlOf('PostResponse', entries));
    } else {
      response.writeHead(status === '200' ? 200 : 204).end();
    }
  };

  const post = async (incoming: IncomingMessage, response: ServerResponse, target: StorageTarget) => {
    if (!buckets.some(({ name }) => name === target.bucket)) {
      throw new S3Failure(404, 'NoSuchBucket', 'The specified bucket does not exist');
    }
    const form = await receivePostForm(incoming, target.bucket, { upstream, keys, now });
    answerForm(response, target.bucket, form, incoming.headers.host ?? 'localhost');
    announceLater(target.bucket, form.key, 'POST Object');
  };

  /** Forwards a request that creates an object, and publishes its event. */
  const forwardCreation = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    target: StorageTarget,
    reason: string,
  ) => {
    await upstream.forward(incoming, response);
    if (response.statusCode === 200) announceLater(target.bucket, target.key, reason);
  };

  const serveObject = async (incoming: IncomingMessage, response: ServerResponse, target: StorageTarget) => {
    const part = queryValue(target, 'partNumber') !== undefined;
    const upload = queryValue(target, 'uploadId') !== undefined;
    const { method } = incoming;
    if ((method === 'GET' || method === 'HEAD') && !part && queryValue(target, 'attributes') === undefined) {
      return getObject(incoming, response, target, upstream, objectsDirectory);
    }
    if (method === 'PUT' && !part && !upload) {
      if (incoming.headers['x-amz-copy-source'] !== undefined) {
        return forwardCreation(incoming, response, target, 'CopyObject');
      }
      await putObject(incoming, response, target, upstream);
      return announceLater(target.bucket, target.key, 'PutObject');
    }
    if (method === 'POST' && upload) {
      return forwardCreation(incoming, response, target, 'CompleteMultipartUpload');
    }
    return upstream.forward(incoming, response);
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = readTarget(incoming.url ?? '/');
    const rules = buckets.find(({ name }) => name === target.bucket)?.cors ?? [];
    if (incoming.method === 'OPTIONS') {
      const headers = preflightHeaders(rules, incoming.headers);
      if (headers === undefined)
        throw new S3Failure(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
      response.writeHead(200, headers).end();
      return;
    }
    for (const [name, value] of Object.entries(
      corsHeaders(rules, incoming.method ?? 'GET', incoming.headers),
    )) {
      response.setHeader(name, value);
    }
    const isForm = (incoming.headers['content-type'] ?? '').startsWith('multipart/form-data');
    if (incoming.method === 'POST' && target.key === '' && isForm) return post(incoming, response, target);
    authenticate(incoming, target);
    const unsupported = target.query.find(([name]) => UNSUPPORTED.has(name));
    if (unsupported !== undefined) {
      throw new S3Failure(501, 'NotImplemented', `The local object store has no ?${unsupported[0]}`);
    }
    if (target.key === '' && incoming.method === 'GET' && queryValue(target, 'uploads') !== undefined) {
      const prefix = queryValue(target, 'prefix') ?? '';
      return sendXml(response, 200, await listMultipartUploads(objectsDirectory, target.bucket, prefix));
    }
    if (target.key === '') return upstream.forward(incoming, response);
    return serveObject(incoming, response, target);
  };

  const fail = (incoming: IncomingMessage, response: ServerResponse, error: unknown): void => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (!(error instanceof S3Failure)) log.warn(`${incoming.method} ${incoming.url}: ${messageOf(error)}`);
    sendFailure(
      response,
      error instanceof S3Failure
        ? error
        : new S3Failure(500, 'InternalError', 'We encountered an internal error.'),
    );
    // The rest of a refused upload is read and discarded for a while. A client whose connection closes while it sends
    // would not see the answer.
    incoming.resume();
    if (!incoming.complete)
      setTimeout(() => incoming.complete || incoming.destroy(), DRAIN_MILLISECONDS).unref();
  };

  return {
    listener: (incoming, response) => {
      serve(incoming, response).catch((error: unknown) => fail(incoming, response, error));
    },
    close: () => upstream.close(),
  };
};
