import { paginateScan } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { SagaEvent } from '../../../functions/contracts/events.ts';
import { VideoStatus } from '../../../functions/contracts/http.ts';
import { Saga } from '../../../functions/orchestrator/core/saga.ts';
import type { System } from '../system.ts';

/** A video as the upload context stores it. */
export const VideoRow = z
  .object({
    id: z.string(),
    user_id: z.string(),
    status: VideoStatus,
    storage_key: z.string(),
    failure_code: z.string().nullable(),
    updated_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    userId: row.user_id,
    status: row.status,
    storageKey: row.storage_key,
    /** The failure code of a FAILED video. */
    failureCode: row.failure_code ?? undefined,
    /** Milliseconds since 1970. For a video in a final status, the time when it reached this status. */
    updatedAt: row.updated_at.getTime(),
  }));
export type VideoRow = z.infer<typeof VideoRow>;

/** An entry of a video's timeline. */
export const TimelineRow = z
  .object({ video_id: z.string(), type: z.string(), occurred_at: z.date(), attempt: z.int().nullable() })
  .transform((row) => ({
    videoId: row.video_id,
    type: row.type,
    occurredAt: row.occurred_at.getTime(),
    attempt: row.attempt,
  }));
export type TimelineRow = z.infer<typeof TimelineRow>;

/** A job. For a finished job, the times are the start and the end of its last run, in milliseconds since 1970. */
export const JobRow = z
  .object({
    video_id: z.string(),
    status: z.string(),
    claimed_at: z.date().nullable(),
    finished_at: z.date().nullable(),
  })
  .transform((row) => ({
    videoId: row.video_id,
    status: row.status,
    claimedAt: row.claimed_at?.getTime(),
    finishedAt: row.finished_at?.getTime(),
  }));
export type JobRow = z.infer<typeof JobRow>;

/** A video's artifact as the download context stores it. */
export const ArtifactRow = z
  .object({
    video_id: z.string(),
    state: z.string(),
    zip_key: z.string().nullable(),
    manifest_key: z.string().nullable(),
  })
  .transform((row) => ({
    videoId: row.video_id,
    state: row.state,
    zipKey: row.zip_key ?? undefined,
    manifestKey: row.manifest_key ?? undefined,
  }));
export type ArtifactRow = z.infer<typeof ArtifactRow>;

/** The content of all stores after a run. */
export interface Stored {
  readonly videos: readonly VideoRow[];
  readonly timeline: readonly TimelineRow[];
  readonly jobs: readonly JobRow[];
  readonly artifacts: readonly ArtifactRow[];
  /** All events from the outboxes. */
  readonly emitted: readonly SagaEvent[];
  readonly sagas: readonly Saga[];
}

const OutboxRow = z.object({ event: SagaEvent });

export const readVideos = async ({ query }: System): Promise<VideoRow[]> =>
  (await query('SELECT id, user_id, status, storage_key, failure_code, updated_at FROM upload.video')).map(
    (row) => VideoRow.parse(row),
  );

export const readStored = async (system: System): Promise<Stored> => {
  const { query } = system;
  const timeline = await query('SELECT video_id, type, occurred_at, attempt FROM upload.timeline');
  const jobs = await query('SELECT video_id, status, claimed_at, finished_at FROM process.job');
  const outboxes = await query(
    `SELECT event FROM upload.outbox UNION ALL SELECT event FROM process.outbox
     UNION ALL SELECT event FROM download.outbox`,
  );
  const artifacts = await query('SELECT video_id, state, zip_key, manifest_key FROM download.artifact');
  return {
    videos: await readVideos(system),
    timeline: timeline.map((row) => TimelineRow.parse(row)),
    jobs: jobs.map((row) => JobRow.parse(row)),
    artifacts: artifacts.map((row) => ArtifactRow.parse(row)),
    emitted: outboxes.map((row) => OutboxRow.parse(row).event),
    sagas: await readSagas(system),
  };
};

export const readSagas = async ({ dynamo, stack }: System): Promise<Saga[]> => {
  const pages = paginateScan(
    { client: dynamo },
    { TableName: stack.tableName('Sagas'), ConsistentRead: true },
  );
  const sagas: Saga[] = [];
  for await (const { Items: items = [] } of pages) {
    sagas.push(...items.map((item) => Saga.parse(JSON.parse(item.saga?.S ?? ''))));
  }
  return sagas;
};
