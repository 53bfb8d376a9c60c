import { createHash } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SagaEvent, type SagaEventOf } from '../../functions/contracts/events.ts';
import type { EventId } from '../../functions/contracts/ids.ts';
import type { EventOrigin } from '../../functions/contracts/new-event.ts';
import { type Inbox, inboxesFor } from '../../functions/contracts/routing.ts';
import { framesPrefix, manifestKey, zipKey } from '../../functions/contracts/storage-keys.ts';
import { DynamoSagaRepository } from '../../functions/orchestrator/adapters/dynamo-saga-repository.ts';
import { CONSUMERS } from '../../functions/orchestrator/consumers.ts';
import { Saga } from '../../functions/orchestrator/core/saga.ts';
import { eventStamps } from '../../functions/shared/events/event-stamps.ts';
import { createInboxHandler } from '../../functions/shared/inbox/inbox-handler.ts';
import { startDownloadContext } from './download-context.ts';
import { someEvent, someOrigin, somePayload } from './events.ts';
import { RecordingChannel, SOME_POLICY } from './orchestrator.ts';
import { someRunId } from './process.ts';
import { startProcessContext } from './process-context.ts';
import { createSagaTable, tableClient } from './saga-table.ts';
import { deliverEvents, type SqsHandler } from './sqs-event.ts';
import { someUser, startUploadContext } from './upload-context.ts';

/**
 * Starts the four contexts' real handlers on one bucket. The test takes the place of the relay and delivers each stored
 * event to the inboxes of its route. It starts extractions only on request; otherwise the test stores their result with
 * `extract`.
 *
 * The contexts share this process, and each reads its environment once, on its first call. So each context is called
 * before the environment of the next one is set.
 */
export const startPipeline = async () => {
  const upload = await startUploadContext();
  const { bucket } = upload.objects;
  await upload.call(someUser(), 'GET', '/videos');
  const download = await startDownloadContext({ VIDEO_BUCKET: bucket });
  await download.get(someUser(), `/videos/${someOrigin().sagaId}/download`);
  const process_ = await startProcessContext();
  process.env.VIDEO_BUCKET = bucket;
  const { handler: processInbox } = await import('../../functions/process/inbox.lambda.ts');
  await deliverEvents(processInbox, someEvent('DISCARD_FILE', { reason: 'DELETED' }));

  const dynamo = tableClient();
  const table = await createSagaTable(dynamo);
  const channel = new RecordingChannel();
  const now = () => new Date();
  const orchestrator = createInboxHandler({
    build: async () => ({
      sagas: new DynamoSagaRepository(dynamo, table),
      channel,
      stamp: eventStamps(now),
      policy: SOME_POLICY,
      now,
      observe: () => undefined,
    }),
    consumers: CONSUMERS,
  });
  const handlers: Record<Inbox, SqsHandler> = {
    upload: upload.inbox,
    download: download.inbox,
    process: processInbox,
    worker: processInbox,
    orchestrator,
  };

  const stored = async (): Promise<SagaEvent[]> => {
    const pools = [upload.pool, download.pool, process_.pool];
    const outboxes = await Promise.all(
      pools.map((pool) => pool.query<{ event: unknown }>('SELECT event FROM outbox ORDER BY created_at')),
    );
    const events = outboxes.flatMap(({ rows }) => rows.map((row) => SagaEvent.parse(row.event)));
    return [...events, ...channel.published];
  };

  const relayed = new Set<EventId>();
  const isOrder = (event: SagaEvent, inbox: Inbox): boolean =>
    event.type === 'PROCESS_FILE' && (inbox === 'process' || inbox === 'worker');

  return {
    upload,
    download,
    /** Relays the events that the contexts have stored, and the events that these cause, until none is left. */
    relay: async ({ withExtraction = false } = {}): Promise<void> => {
      for (;;) {
        const fresh = (await stored()).filter((event) => !relayed.has(event.id));
        if (fresh.length === 0) return;
        for (const event of fresh) {
          relayed.add(event.id);
          for (const inbox of inboxesFor(event)) {
            if (isOrder(event, inbox) && !withExtraction) continue;
            const returned = await deliverEvents(handlers[inbox], event);
            if (returned.length > 0) throw new Error(`${inbox} returned ${event.type}`);
          }
        }
      }
    },
    /** Stores the objects of a finished extraction and publishes FILE_PROCESSED, as the process context does. */
    extract: async (origin: EventOrigin): Promise<void> => {
      const run = { userId: origin.userId, videoId: origin.sagaId, runId: someRunId(1) };
      const zip = 'a zip';
      for (const key of [zipKey(run), manifestKey(run), `${framesPrefix(run)}frame_00000.jpg`]) {
        await upload.objects.put(key, zip);
      }
      const payload: SagaEventOf<'FILE_PROCESSED'>['payload'] = {
        ...somePayload.FILE_PROCESSED(),
        storageKey: zipKey(run),
        manifestKey: manifestKey(run),
        sizeBytes: zip.length,
        sha256: createHash('sha256').update(zip).digest('hex'),
      };
      channel.published.push(someEvent('FILE_PROCESSED', payload, origin));
    },
    /** Every object in the bucket whose key contains the text, in any case. */
    keysWith: async (text: string): Promise<string[]> => {
      const s3 = new S3Client({ forcePathStyle: true });
      const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return objects.map(({ Key = '' }) => Key).filter((key) => hasText(key, text));
    },
    /** The sagas of a video, with their id in any case. */
    sagasOf: async (videoId: string): Promise<{ id: string | undefined; saga: Saga }[]> => {
      const { Items: items = [] } = await dynamo.send(
        new ScanCommand({ TableName: table, ConsistentRead: true }),
      );
      return items
        .map((item) => ({ id: item.sagaId?.S, saga: Saga.parse(JSON.parse(item.saga?.S ?? '')) }))
        .filter(({ id = '' }) => hasText(id, videoId));
    },
    close: async (): Promise<void> => {
      await Promise.all([upload.close(), download.close(), process_.close()]);
      dynamo.destroy();
    },
  };
};

export type PipelineUnderTest = Awaited<ReturnType<typeof startPipeline>>;

const hasText = (where: string, text: string): boolean => where.toLowerCase().includes(text.toLowerCase());
