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

/** Number of partitions of the due index, so that no single partition gets all writes. */
const DUE_SHARDS = 4;
/** Longer than any redelivery (SQS keeps a message for 4 days, and for 14 in a dead-letter queue). */
const RETENTION_DAYS = 60;

/**
 * Stores sagas in DynamoDB, one item each: the saga as a JSON document and its version for the condition. While the
 * sweeper must check a saga, the item also has `dueShard` and `dueAt` (a sparse index). A finished saga has its expiry
 * time instead. Each write is one conditional PutItem.
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
    // Continues after invalid ids: they stay due forever and must not fill the page.
    for await (const { Items: items = [] } of pages) {
      const rows = items.map((item) => ({ id: item.sagaId?.S }));
      due.push(...readableRows(rows, toSagaId, SAGAS));
      if (due.length >= limit) break;
    }
    return due.slice(0, limit);
  }
}

const SAGAS: RowSource = { context: 'orchestrator', table: 'saga' };

/** The id is a key. No event can reach an item whose id has another spelling. */
const toSagaId = (row: { id: string | undefined }): VideoId => {
  const id = VideoId.parse(row.id);
  if (id !== row.id) throw new Error('The id is not in lower case');
  return id;
};

/** A finished saga without pending events can be deleted when no redelivery of its events is possible any more. */
const expiryOf = ({ journal }: Saga, dueAt: string | undefined) => {
  const last = journal.at(-1);
  if (dueAt !== undefined || last === undefined) return {};
  const seconds = Math.floor(Date.parse(last.handledAt) / 1000) + RETENTION_DAYS * 24 * 3600;
  return { [SAGA_EXPIRY_ATTRIBUTE]: { N: String(seconds) } };
};

/** The last hexadecimal digit of a UUID v7 is random, so sagas are distributed evenly. */
const dueShard = (sagaId: VideoId): string => String(Number.parseInt(sagaId.slice(-1), 16) % DUE_SHARDS);
