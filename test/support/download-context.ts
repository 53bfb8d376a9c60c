import { createHash } from 'node:crypto';
import type { FileProcessed } from '../../functions/contracts/events.ts';
import type { UserId } from '../../functions/contracts/ids.ts';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import type { EventOrigin } from '../../functions/contracts/new-event.ts';
import { framesPrefix, manifestKey, zipKey } from '../../functions/contracts/storage-keys.ts';
import { callApi, lambdaContext } from './api-event.ts';
import { someEvent } from './events.ts';
import { someRunId } from './process.ts';
import { createTestDatabase } from './services.ts';
import { createTestBucket, tick } from './upload-context.ts';

/** Properties of an extraction's output. */
export interface ExtractionOptions {
  readonly attempt?: number;
  readonly frames?: number;
  readonly zip?: string;
  readonly fileName?: string;
}

/** Starts the download context's real handlers on a database and a bucket of the test's own. */
export const startDownloadContext = async (env: Record<string, string> = {}) => {
  const database = await createTestDatabase();
  const objects = await createTestBucket();
  Object.assign(process.env, database.envOf('download'), {
    STAGE: 'test',
    VIDEO_BUCKET: objects.bucket,
    ALLOWED_ORIGINS: '',
    ACCESS_CHECK: 'gateway',
    ...env,
  });
  const [http, inbox, sweep] = await Promise.all([
    import('../../functions/download/http.lambda.ts'),
    import('../../functions/download/inbox.lambda.ts'),
    import('../../functions/download/sweep.lambda.ts'),
  ]);
  return {
    objects,
    pool: database.poolOf('download'),
    inbox: inbox.handler,
    get: (
      userId: UserId,
      path: string,
      options: { query?: Record<string, string>; headers?: Record<string, string> } = {},
    ) => callApi(http.handler, { method: 'GET', path, userId, ...options }),
    sweep: () => sweep.handler(tick, lambdaContext()),
    /** Stores the output of an extraction: ZIP, frames, manifest. @returns the event about it. */
    extract: async (
      origin: EventOrigin,
      { attempt = 1, frames = 4, zip = 'a zip', fileName = 'holiday.mp4' }: ExtractionOptions = {},
    ): Promise<FileProcessed> => {
      const run = { userId: origin.userId, videoId: origin.sagaId, runId: someRunId(attempt) };
      const manifest = someManifest(origin, frames);
      await objects.put(zipKey(run), zip);
      await objects.put(manifestKey(run), JSON.stringify(manifest));
      await Promise.all(
        manifest.frames.map((frame) => objects.put(framesPrefix(run) + frame.fileName, frame.fileName)),
      );
      const payload = {
        attempt,
        fileName,
        storageKey: zipKey(run),
        manifestKey: manifestKey(run),
        sizeBytes: Buffer.byteLength(zip),
        sha256: createHash('sha256').update(zip).digest('hex'),
        framesExpected: frames,
        framesDelivered: frames,
        extractionSeconds: 1,
      };
      return someEvent('FILE_PROCESSED', payload, origin);
    },
    close: () => database.close(),
  };
};

export type DownloadContextUnderTest = Awaited<ReturnType<typeof startDownloadContext>>;

const someManifest = (origin: EventOrigin, frames: number): Manifest => ({
  version: 1,
  videoId: origin.sagaId,
  source: {
    fileName: 'holiday.mp4',
    sizeBytes: 100,
    sha256: 'a'.repeat(64),
    container: 'mp4',
    codec: 'h264',
    durationSeconds: frames * 10,
    width: 640,
    height: 360,
  },
  intervalSeconds: 10,
  engine: 'test',
  framesExpected: frames,
  framesDelivered: frames,
  frames: Array.from({ length: frames }, (_, index) => ({
    index,
    fileName: `frame_${String(index).padStart(5, '0')}.jpg`,
    requestedTimeSeconds: index * 10,
    timeSeconds: index * 10 + 0.04,
    width: 640,
    height: 360,
    sizeBytes: 10,
    sha256: 'b'.repeat(64),
    substituted: false,
  })),
});
