import { readFile } from 'node:fs/promises';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type pg from 'pg';
import { SagaEvent, type SagaEventOf } from '../../functions/contracts/events.ts';
import { sourceKey } from '../../functions/contracts/storage-keys.ts';
import { type ClipName, clip, FFMPEG_PATH } from './clips.ts';
import { someEvent, someOrigin, someSource } from './events.ts';
import { createTestDatabase, serviceEnv } from './services.ts';
import { createTestBucket } from './upload-context.ts';

/** The process context with its own database and bucket; import its entries after this call. */
export const startProcessContext = async () => {
  const database = await createTestDatabase();
  const { bucket, put } = await createTestBucket();
  Object.assign(process.env, serviceEnv(), database.envOf('process'), {
    STAGE: 'test',
    VIDEO_BUCKET: bucket,
    FFMPEG_PATH,
    JOB_LEASE_SECONDS: '30',
  });
  const s3 = new S3Client({ forcePathStyle: true });
  const pool = database.poolOf('process');

  return {
    database,
    pool,
    s3,
    bucket,
    put,
    /** Stores a clip as an upload does, and returns the order of its extraction. */
    order: async (
      name: ClipName,
      target: 'lambda' | 'fargate' = 'lambda',
    ): Promise<SagaEventOf<'PROCESS_FILE'>> => {
      const origin = someOrigin();
      const content = await readFile(await clip(name));
      const storageKey = sourceKey({ userId: origin.userId, videoId: origin.sagaId }, 'mp4');
      const { ETag: etag = '' } = await put(storageKey, content);
      const source = someSource({ fileName: name, storageKey, etag, sizeBytes: content.length });
      return someEvent('PROCESS_FILE', { attempt: 1, target, source }, origin);
    },
    /** The keys of a video's objects, without the prefixes of video and run. */
    keysOf: async ({
      userId,
      ...video
    }: { userId: string } & ({ sagaId: string } | { videoId: string })): Promise<string[]> => {
      const videoId = 'sagaId' in video ? video.sagaId : video.videoId;
      const prefix = `users/${userId}/videos/${videoId}/`;
      const { Contents: objects = [] } = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
      );
      return objects.map(({ Key = '' }) => Key.slice(prefix.length).replace(/^results\/[^/]+\//, ''));
    },
    read: async (key: string): Promise<Buffer> => {
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from((await body?.transformToByteArray()) ?? []);
    },
    /** The events of a saga's outcome, in order. */
    told: async (sagaId: string): Promise<SagaEvent[]> =>
      (await emittedBy(pool, sagaId)).filter(({ type }) => type !== 'EXTRACTION_STARTED'),
    /** All events that the context emitted for a saga, in order. */
    emitted: (sagaId: string): Promise<SagaEvent[]> => emittedBy(pool, sagaId),
    statusOf: async (sagaId: string): Promise<string | undefined> => {
      const { rows } = await pool.query<{ status: string }>('SELECT status FROM job WHERE video_id = $1', [
        sagaId,
      ]);
      return rows[0]?.status;
    },
    close: () => database.close(),
  };
};
export type ProcessContextUnderTest = Awaited<ReturnType<typeof startProcessContext>>;

const emittedBy = async (pool: pg.Pool, sagaId: string): Promise<SagaEvent[]> => {
  const { rows } = await pool.query<{ event: unknown }>(
    'SELECT event FROM outbox WHERE saga_id = $1 ORDER BY created_at',
    [sagaId],
  );
  return rows.map((row) => SagaEvent.parse(row.event));
};
