import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pg from 'pg';
import { inject } from 'vitest';
import * as z from 'zod';
import { DATABASE_NAME } from '../../functions/contracts/database.ts';
import { VideoId } from '../../functions/contracts/ids.ts';
import { DynamoSagaRepository } from '../../functions/orchestrator/adapters/dynamo-saga-repository.ts';
import type { Saga } from '../../functions/orchestrator/core/saga.ts';
import { eventually } from './eventually.ts';

/** The stores of a running stack. */
export interface StackStores {
  query(sql: string, values: readonly unknown[]): Promise<unknown[]>;
  sagaOf(videoId: string): Promise<Saga | undefined>;
  /** The URL of SQS. */
  readonly queueEndpoint: string;
  /** Of every queue, dead letters included. */
  readonly queueNames: readonly string[];
}

/** The stores of the stack that all end-to-end tests share. Close them. */
export const openStackStores = (): StackStores & { close(): Promise<void> } => {
  const { database, sqsEndpoint, dynamodbEndpoint, sagasTable, queueNames, credentials } = inject('stack');
  const { host, port, adminUser: user, adminPassword: password } = database;
  const pool = new pg.Pool({ host, port, user, password, database: DATABASE_NAME, max: 2 });
  const dynamo = new DynamoDBClient({ endpoint: dynamodbEndpoint, region: 'us-east-1', credentials });
  const sagas = new DynamoSagaRepository(dynamo, sagasTable);
  return {
    query: async (sql, values) => (await pool.query(sql, [...values])).rows,
    sagaOf: (videoId) => sagas.load(VideoId.parse(videoId)),
    queueEndpoint: sqsEndpoint,
    queueNames,
    close: async () => {
      dynamo.destroy();
      await pool.end();
    },
  };
};

/** Seconds until everything must be over; the leases of all runs have expired by then. */
const PATIENCE_SECONDS = 120;

/**
 * Waits until a deleted video is deleted in every context and nothing can write for it any more: no run, no message in
 * any queue (in flight or not), no event that still has to be relayed. From then on the stores do not change.
 * @throws Error naming what was left
 */
export const untilDeletedForGood = (stores: StackStores, videoId: string): Promise<void> =>
  untilNothingOf(videoId, async () => [
    ...(await rowsOf(stores, NOT_DELETED, videoId)),
    ...((await stores.sagaOf(videoId))?.state.status === 'DELETED' ? [] : ['a saga that is not DELETED']),
    ...(await movingOf(stores, videoId)),
  ]);

/** Waits until nothing can write for a video any more that is not deleted. @throws Error naming what was left */
export const untilStill = (stores: StackStores, videoId: string): Promise<void> =>
  untilNothingOf(videoId, () => movingOf(stores, videoId));

const untilNothingOf = async (videoId: string, look: () => Promise<string[]>): Promise<void> => {
  let left: string[] = [];
  const lookTwice = async () => {
    // An event may move from one store to the next during a look, so two empty looks in a row are needed.
    for (let looks = 0; looks < 2; looks += 1) {
      left = await look();
      if (left.length > 0) return undefined;
    }
    return true;
  };
  await eventually('everything to be over', lookTwice, PATIENCE_SECONDS).catch((cause: unknown) => {
    throw new Error(`Still there of ${videoId}: ${left.join(', ')}`, { cause });
  });
};

/** Everything that can still lead to a write. */
const movingOf = async (stores: StackStores, videoId: string): Promise<string[]> => [
  ...(await rowsOf(stores, MOVING, videoId)),
  ...((await stores.sagaOf(videoId))?.pending ?? []).map(({ type }) => `${type}, pending in the saga`),
  ...(await messagesOf(stores, videoId)),
];

const rowsOf = async (stores: StackStores, sql: string, videoId: string): Promise<string[]> =>
  z
    .array(z.object({ what: z.string() }))
    .parse(await stores.query(sql, [videoId]))
    .map(({ what }) => what);

/** Finds, in each context, a row that is not a tombstone, or a missing tombstone. */
const NOT_DELETED = `
  SELECT 'a video' AS what FROM upload.video WHERE id = $1
  UNION ALL SELECT 'no tombstone of its job' WHERE NOT EXISTS (
    SELECT 1 FROM process.job WHERE video_id = $1 AND status = 'DELETED')
  UNION ALL SELECT 'no tombstone of its artifact' WHERE NOT EXISTS (
    SELECT 1 FROM download.artifact WHERE video_id = $1 AND state = 'DELETED')`;

const MOVING = `
  SELECT 'a run' AS what FROM process.job WHERE video_id = $1 AND status = 'RUNNING'
  UNION ALL SELECT 'an open event of ' || context FROM (
    SELECT 'upload' AS context, saga_id, closed_at FROM upload.outbox
    UNION ALL SELECT 'process', saga_id, closed_at FROM process.outbox
    UNION ALL SELECT 'download', saga_id, closed_at FROM download.outbox
  ) events WHERE saga_id = $1 AND closed_at IS NULL`;

const Inspection = z.object({
  messages: z.object({
    ready: z.array(z.object({ body: z.string() })),
    delayed: z.array(z.object({ body: z.string() })),
    inflight: z.array(z.object({ message: z.object({ body: z.string() }) })),
  }),
});

/**
 * The local SQS shows the messages of a queue without receiving them. A run's message is in flight until the run ends.
 */
const messagesOf = async ({ queueEndpoint, queueNames }: StackStores, videoId: string): Promise<string[]> => {
  const found = await Promise.all(
    queueNames.map(async (name) => {
      const answer = await fetch(`${queueEndpoint}/_fauxqs/queues/${name}`);
      const { ready, delayed, inflight } = Inspection.parse(await answer.json()).messages;
      const bodies = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
      return bodies.some(({ body }) => body.includes(videoId)) ? [`a message in ${name}`] : [];
    }),
  );
  return found.flat();
};
