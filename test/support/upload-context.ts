import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ScheduledEvent } from 'aws-lambda';
import { CreatedVideo, Video } from '../../functions/contracts/http.ts';
import { type UserId, UserId as UserIdSchema, VideoId } from '../../functions/contracts/ids.ts';
import { sourceKey } from '../../functions/contracts/storage-keys.ts';
import { isMissingObject } from '../../functions/shared/storage/errors.ts';
import { callApi, lambdaContext } from './api-event.ts';
import { createTestDatabase, serviceEnv } from './services.ts';
import { deliverBodies } from './sqs-event.ts';

/** The tick of a schedule. */
export const tick: ScheduledEvent = {
  id: randomUUID(),
  version: '0',
  account: '000000000000',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  source: 'aws.scheduler',
  'detail-type': 'Scheduled Event',
  detail: {},
};

export const someUser = (): UserId => UserIdSchema.parse(randomUUID());

/** Creates a bucket in the run's S3 for one test. */
export const createTestBucket = async () => {
  Object.assign(process.env, serviceEnv());
  const s3 = new S3Client({ forcePathStyle: true });
  const bucket = `test-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    bucket,
    put: (key: string, body: Uint8Array | string) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
    exists: async (key: string): Promise<boolean> => {
      try {
        await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if (isMissingObject(error)) return false;
        throw error;
      }
    },
  };
};

/** Starts the upload context's real handlers on a database and a bucket of the test's own. */
export const startUploadContext = async (env: Record<string, string> = {}) => {
  const database = await createTestDatabase();
  const objects = await createTestBucket();
  Object.assign(process.env, database.envOf('upload'), {
    STAGE: 'test',
    VIDEO_BUCKET: objects.bucket,
    ALLOWED_ORIGINS: '',
    ACCESS_CHECK: 'gateway',
    ...env,
  });
  const [http, inbox, objectCreated, sweep] = await Promise.all([
    import('../../functions/upload/http.lambda.ts'),
    import('../../functions/upload/inbox.lambda.ts'),
    import('../../functions/upload/object-created.lambda.ts'),
    import('../../functions/upload/sweep.lambda.ts'),
  ]);
  const call = (
    userId: string,
    method: string,
    path: string,
    options: { body?: unknown; query?: Record<string, string>; headers?: Record<string, string> } = {},
  ) => callApi(http.handler, { method, path, userId, ...options });

  return {
    database,
    objects,
    pool: database.poolOf('upload'),
    inbox: inbox.handler,
    objectCreated: objectCreated.handler,
    call,
    /** Creates a video of this many bytes. */
    create: async (
      userId: string,
      request: Record<string, unknown> = {},
      headers: Record<string, string> = {},
    ): Promise<CreatedVideo> => {
      const body = { fileName: 'holiday.mp4', sizeBytes: 1000, ...request };
      const answer = await call(userId, 'POST', '/videos', { body, headers });
      if (answer.status !== 201) throw new Error(`POST /videos: ${JSON.stringify(answer.body)}`);
      return CreatedVideo.parse(answer.body);
    },
    get: async (userId: string, id: string): Promise<Video> =>
      Video.parse((await call(userId, 'GET', `/videos/${id}`)).body),
    /** Announces objects as S3 does through EventBridge. @returns the positions of the returned messages. */
    announce: (...keys: string[]) =>
      deliverBodies(
        objectCreated.handler,
        keys.map((key) => ({
          body: JSON.stringify({
            source: 'aws.s3',
            'detail-type': 'Object Created',
            detail: { bucket: { name: objects.bucket }, object: { key, size: 1, etag: 'not-to-be-trusted' } },
          }),
        })),
      ),
    sweep: () => sweep.handler(tick, lambdaContext()),
    /** The key of a video's source. */
    keyOf: (userId: UserId, id: string, extension: 'mp4' | 'mov' | 'mkv' | 'avi' = 'mp4') =>
      sourceKey({ userId, videoId: VideoId.parse(id) }, extension),
    close: () => database.close(),
  };
};

export type UploadContextUnderTest = Awaited<ReturnType<typeof startUploadContext>>;
