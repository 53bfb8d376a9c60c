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
  /** Where the object store keeps its files. */
  readonly objectsDirectory: string;
  readonly buckets: readonly BucketModel[];
  readonly keys: SigningKeys;
  /** Called once for every object that was stored; may take its time. */
  readonly publish: (event: BusEvent) => Promise<void>;
  readonly log: Log;
  /** The clock, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface StorageFront {
  readonly listener: RequestListener;
  close(): void;
}

/** After a refusal the client may go on sending for so long, in milliseconds, before it is cut off. */
const DRAIN_MILLISECONDS = 30_000;

/** Sub-resources that the object store takes for the object or the bucket itself. */
const UNSUPPORTED = new Set(
  'acl,tagging,policy,cors,versioning,versions,website,logging,notification,encryption,retention,legal-hold,restore,select,torrent,replication,object-lock,publicAccessBlock'.split(
    ',',
  ),
);

/** S3 as the world sees it: what the object store lacks is added here, everything else passes through. */
export const createStorageFront = (services: StorageFrontServices): StorageFront => {
  const { buckets, keys, log, publish, objectsDirectory } = services;
  const now = services.now ?? Date.now;
  const upstream = new Upstream(services.storePort);

  /** Tells EventBridge, as the bucket is set to. */
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
      log.warn(`The event for ${bucket}/${key} was lost: ${messageOf(error)}`);
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

  /** Passes on what makes an object appear, and tells of it. */
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
    // The rest of a refused upload is read and dropped for a while: a client that is cut off while it sends
    // would not see why.
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
