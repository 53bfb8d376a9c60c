import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect } from 'vitest';
import { DATABASE_NAME, type DatabaseContext } from '../../functions/contracts/database.ts';
import type { SagaEvent } from '../../functions/contracts/events.ts';
import { VideoId } from '../../functions/contracts/ids.ts';
import { messageGroupOf } from '../../functions/contracts/routing.ts';
import { DynamoSagaRepository } from '../../functions/orchestrator/adapters/dynamo-saga-repository.ts';
import { newEventId } from '../../functions/shared/events/event-stamps.ts';
import type { Timing } from '../../lib/config/timing.ts';
import { containerProcess } from '../../local/containers/container.ts';
import { silentLog } from '../../local/log.ts';
import { ProcessLedger } from '../../local/processes/ledger.ts';
import { type DevStackOptions, startDevStack } from '../../local/stack.ts';
import { ApiUser } from './api-user.ts';
import { eventually } from './eventually.ts';
import { keysOf } from './objects.ts';
import { readFramesZip, sha256 } from './zip.ts';

/** Short enough to notice faults within seconds, long enough for healthy work on a slow machine. */
const TIMING: Timing = {
  inboxTimeoutSeconds: 10,
  inboxVisibilitySeconds: 10,
  deadLetterVisibilitySeconds: 10,
  extractionTimeoutSeconds: 60,
  workerVisibilitySeconds: 4,
  jobLeaseSeconds: 6,
  sagaWaitingSeconds: 60,
  sagaLambdaSeconds: 60,
  sagaWorkerSeconds: 60,
  sagaPublishingSeconds: 60,
  sagaBackoffSeconds: 1,
};

/** Starts the whole of Frame Flow with a logged-in user, and helpers that inspect and break it. */
export const startFaultStack = async (
  timing: Partial<Timing> = {},
  options: Pick<DevStackOptions, 'clockOffsetSeconds'> = {},
) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'frame-flow-faults-'));
  const stack = await startDevStack({
    ...{ stateDir, port: 0, storagePort: 0, log: silentLog, minuteRateMilliseconds: 1_000 },
    timing: { ...TIMING, ...timing },
    ...options,
  });
  const api = await ApiUser.register(stack.url);
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
    stack.awsEnvironment;
  const aws = { region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
  const s3 = new S3Client({ ...aws, endpoint: stack.storageUrl, forcePathStyle: true });
  const sqs = new SQSClient({ ...aws, endpoint: stack.endpoints.sqs });
  const dynamo = new DynamoDBClient({ ...aws, endpoint: stack.endpoints.dynamodb });
  const redis = new Redis(stack.endpoints.redisUrl, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const { host, port, adminUser: user, adminPassword: password } = stack.endpoints.database;
  const pool = new pg.Pool({ host, port, user, password, database: DATABASE_NAME, max: 4 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const sagas = new DynamoSagaRepository(dynamo, stack.tableName('Sagas'));

  /** A second process of a container, as in a service with two tasks; it logs under `<name>-2`. */
  const secondOf = (name: 'relay' | 'worker') => {
    const model = stack.model.containers.find((container) => container.name === name);
    if (!model) throw new Error(`the template has no ${name}`);
    return containerProcess(
      { ...model, name: `${name}-2` },
      {
        projectDirectory: new URL('../..', import.meta.url).pathname,
        logs: stack.logs,
        aws: stack.awsEnvironment,
        ledger: new ProcessLedger(`${stack.stateDir}/second-${name}`),
        log: silentLog,
      },
    );
  };

  /** The keys of a video's objects, without the prefixes of the video and the run. */
  const objectsOf = async (id: string): Promise<string[]> => {
    const keys = await keysOf(s3, stack.bucketName('Storage'), id);
    return keys.map((key) => (key.split(`/${id}/`)[1] ?? '').replace(/^results\/[^/]+\//, ''));
  };
  /** The types of the events that a context stored for a saga in order, without EXTRACTION_STARTED. */
  const eventsOf = async (context: Exclude<DatabaseContext, 'auth'>, id: string): Promise<string[]> => {
    const { rows } = await pool.query<{ type: string }>(
      `SELECT event->>'type' AS type FROM ${context}.outbox
       WHERE saga_id = $1 AND event->>'type' <> 'EXTRACTION_STARTED' ORDER BY created_at`,
      [id],
    );
    return rows.map((row) => row.type);
  };

  return {
    stack,
    api,
    sqs,
    redis,
    pool,
    dynamo,
    secondOf,
    objectsOf,
    eventsOf,
    sagaOf: (id: string) => sagas.load(VideoId.parse(id)),
    /** Waits for a saga to be in this status. */
    untilSaga: (id: string, status: string, seconds = 120) =>
      eventually(
        `saga ${id} to be ${status}`,
        async () => {
          const saga = await sagas.load(VideoId.parse(id));
          return saga?.state.status === status ? saga : undefined;
        },
        seconds,
      ),
    /** Waits until a context has stored an event of this type for a video. */
    untilStored: (context: Exclude<DatabaseContext, 'auth'>, id: string, type: SagaEvent['type']) =>
      eventually(
        `${type} to be stored`,
        async () => (await eventsOf(context, id)).includes(type) || undefined,
      ),
    /** Pauses S3 while `act` runs, so that requests under way stay under way. */
    whileStorageHangs: async (act: () => void | Promise<void>): Promise<void> => {
      const storage = stack.process('s3');
      storage.pause();
      try {
        await act();
      } finally {
        storage.resume();
      }
    },
    /** Waits until every event of a video is known to have been relayed. */
    untilSettled: (id: string) =>
      eventually(
        `all events of ${id} to be closed`,
        async () => {
          const { rows } = await pool.query<{ open: number }>(
            `SELECT count(*)::int AS open FROM (
               SELECT saga_id, closed_at FROM upload.outbox UNION ALL SELECT saga_id, closed_at FROM process.outbox
               UNION ALL SELECT saga_id, closed_at FROM download.outbox
             ) events WHERE saga_id = $1 AND closed_at IS NULL`,
            [id],
          );
          const pending = (await sagas.load(VideoId.parse(id)))?.pending ?? [];
          return rows[0]?.open === 0 && pending.length === 0 ? true : undefined;
        },
        60,
      ),
    /** Waits until a run claims an attempt of a video. */
    untilClaimed: (id: string, attempt: number, seconds = 60) =>
      eventually(
        `attempt ${attempt} to be taken on`,
        async () => {
          const { rows } = await pool.query<{ attempt: number }>(
            `SELECT attempt FROM process.job WHERE video_id = $1 AND status = 'RUNNING' AND attempt = $2`,
            [id, attempt],
          );
          return rows.length > 0 ? true : undefined;
        },
        seconds,
      ),
    /** Asserts the guarantees of a READY video: a complete ZIP, and no objects besides the result and the source. */
    expectWhole: async (id: string): Promise<void> => {
      const download = await api.client.getDownload({ id });
      const zip = Buffer.from(await (await fetch(download.url)).arrayBuffer());
      expect([zip.length, sha256(zip)]).toEqual([download.sizeBytes, download.sha256]);
      const { manifest, frames } = await readFramesZip(zip);
      expect(frames).toHaveLength(manifest.framesExpected);
      const expected = [...frames.map(({ name }) => `frames/${name}`), 'frames/manifest.json', 'frames.zip'];
      // The sweeper removes the objects of runs that lost.
      await eventually(
        'nothing but the result to be stored',
        async () => {
          const found = (await objectsOf(id)).filter((key) => !key.startsWith('source.'));
          return found.toSorted().join() === expected.toSorted().join() || undefined;
        },
        60,
      );
    },
    /** Asserts that each step of a successful saga happened once. */
    expectOnce: async (id: string): Promise<void> => {
      // EXTRACTION_STARTED may come after the end, because a sweeper repeats it if Redis lost it.
      const story = await eventually(
        'the whole journal',
        async () => {
          const types = (await sagas.load(VideoId.parse(id)))?.journal.map((entry) => entry.type) ?? [];
          return types.length >= 4 ? types : undefined;
        },
        60,
      );
      expect(story.toSorted()).toEqual([
        'EXTRACTION_STARTED',
        'FILE_AVAILABLE',
        'FILE_PROCESSED',
        'FILE_UPLOADED',
      ]);
      expect(await eventsOf('upload', id)).toEqual(['VIDEO_CREATED', 'FILE_UPLOADED']);
      expect(await eventsOf('process', id)).toEqual(['FILE_PROCESSED']);
      expect(await eventsOf('download', id)).toEqual(['FILE_AVAILABLE']);
      const steps = await eventually('the whole timeline', async () => {
        const { items } = await api.client.getTimeline({ id });
        return items.length >= 6 ? items.map(({ type }) => type) : undefined;
      });
      expect(new Set(steps).size).toBe(steps.length);
    },
    /** Sends a message with this body to a queue. */
    send: (queue: string, body: string, group: string) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: stack.queueUrl(queue),
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: newEventId(),
        }),
      ),
    /** Sends an event to a queue as the relay does, but with an id that SQS does not recognise as a duplicate. */
    sendEvent: (queue: string, event: SagaEvent) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: stack.queueUrl(queue),
          MessageBody: JSON.stringify(event),
          MessageGroupId: messageGroupOf(event),
          MessageDeduplicationId: newEventId(),
        }),
      ),
    /** Messages in a queue, in flight or not. */
    messagesIn: async (queue: string): Promise<number> => {
      const { Attributes: counts = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: stack.queueUrl(queue), AttributeNames: ['All'] }),
      );
      return (
        Number(counts.ApproximateNumberOfMessages) + Number(counts.ApproximateNumberOfMessagesNotVisible)
      );
    },
    /** The lines that a function or container logged with this text. */
    logged: async (name: string, text: string): Promise<string[]> => {
      const lines = await readFile(join(stack.logs, `${name}.log`), 'utf8').catch(() => '');
      return lines.split('\n').filter((line) => line.includes(text));
    },
    close: async () => {
      redis.disconnect();
      await pool.end();
      for (const client of [s3, sqs, dynamo]) client.destroy();
      await stack.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
};
export type FaultStack = Awaited<ReturnType<typeof startFaultStack>>;
