import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { SAGA_DUE_INDEX, SAGA_EXPIRY_ATTRIBUTE } from '../../contracts/env.ts';
import { VideoId } from '../../contracts/ids.ts';
import { type RowSource, readableRows, reportUnreadable } from '../../shared/database/readable-rows.ts';
import type { SagaRepository } from '../core/ports.ts';
import { Saga } from '../core/saga.ts';

/** The due index is spread over this many partitions, so that no single one takes all writes. */
const DUE_SHARDS = 4;
/** Longer than any replay, as the inboxes' (SQS keeps a message for 4 days, and for 14 among the dead letters). */
const RETENTION_DAYS = 60;

/**
 * Sagas in DynamoDB, one item each: the saga as a JSON document, its version for the condition, and, only while the
 * sweeper has reason to look (a sparse index), `dueShard` and `dueAt`; when it never has again, when to forget it. One conditional PutItem is the whole write.
 */
export class DynamoSagaRepository implements SagaRepository {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async load(sagaId: VideoId): Promise<Saga | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: { sagaId: { S: sagaId } }, ConsistentRead: true }),
    );
    const document = Item?.saga?.S;
    if (document === undefined) return undefined;
    try {
      return Saga.parse(JSON.parse(document));
    } catch (error) {
      reportUnreadable(SAGAS, { id: sagaId }, error);
      throw error;
    }
  }

  async save(saga: Saga, dueAt: string | undefined): Promise<boolean> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: {
            sagaId: { S: saga.sagaId },
            version: { N: String(saga.version) },
            status: { S: saga.state.status },
            saga: { S: JSON.stringify(saga) },
            ...expiryOf(saga, dueAt),
            ...(dueAt && { dueShard: { S: dueShard(saga.sagaId) }, dueAt: { S: dueAt } }),
          },
          ...(saga.version === 1
            ? { ConditionExpression: 'attribute_not_exists(sagaId)' }
            : {
                ConditionExpression: 'version = :before',
                ExpressionAttributeValues: { ':before': { N: String(saga.version - 1) } },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async findDue(now: Date, limit: number): Promise<VideoId[]> {
    const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => String(shard));
    const pages = await Promise.all(shards.map((shard) => this.#findDueIn(shard, now, limit)));
    return pages.flat();
  }

  async #findDueIn(shard: string, now: Date, limit: number): Promise<VideoId[]> {
    const pages = paginateQuery(
      { client: this.#client, pageSize: limit },
      {
        TableName: this.#table,
        IndexName: SAGA_DUE_INDEX,
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { S: now.toISOString() } },
      },
    );
    const due: VideoId[] = [];
    // Reads on behind ids that are none: they stay due for ever and must not fill the page.
    for await (const { Items: items = [] } of pages) {
      const rows = items.map((item) => ({ id: item.sagaId?.S }));
      due.push(...readableRows(rows, toSagaId, SAGAS));
      if (due.length >= limit) break;
    }
    return due.slice(0, limit);
  }
}

const SAGAS: RowSource = { context: 'orchestrator', table: 'saga' };

/** An id is a key: one that is spelt in another way than ours names an item that no event can reach. */
const toSagaId = (row: { id: string | undefined }): VideoId => {
  const id = VideoId.parse(row.id);
  if (id !== row.id) throw new Error('The id is not spelt in lower case');
  return id;
};

/** A saga that is over, all of its events heard, may be forgotten once no replay of them can come any more. */
const expiryOf = ({ journal }: Saga, dueAt: string | undefined) => {
  const last = journal.at(-1);
  if (dueAt !== undefined || last === undefined) return {};
  const seconds = Math.floor(Date.parse(last.handledAt) / 1000) + RETENTION_DAYS * 24 * 3600;
  return { [SAGA_EXPIRY_ATTRIBUTE]: { N: String(seconds) } };
};

/** The last hexadecimal digit of a UUID v7 is random: sagas spread evenly. */
const dueShard = (sagaId: VideoId): string => String(Number.parseInt(sagaId.slice(-1), 16) % DUE_SHARDS);
