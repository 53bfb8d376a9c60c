import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { Log } from '../log.ts';
import type { IndexModel, KeyModel, TableModel } from '../template/model.ts';
import { waitFor } from '../waiting.ts';

const TABLE_DEADLINE_MILLISECONDS = 20_000;

/** Creates the missing tables. A table whose keys differ from the template's is removed and created again. */
export const provisionTables = async (
  dynamodb: DynamoDBClient,
  tables: readonly TableModel[],
  log: Log,
): Promise<void> => {
  for (const table of tables) await provisionTable(dynamodb, table, log);
};

const provisionTable = async (dynamodb: DynamoDBClient, table: TableModel, log: Log): Promise<void> => {
  const existing = await describe(dynamodb, table.name);
  if (existing !== undefined) {
    const stored = [existing, ...(existing.GlobalSecondaryIndexes ?? [])].map(({ KeySchema }) =>
      shapeOf(KeySchema ?? []),
    );
    const wanted = [table, ...table.globalIndexes].map(({ keys }) => shapeOf(keySchema(keys)));
    if (stored.toSorted().join() === wanted.toSorted().join()) return;
    log.warn(`The keys of table ${table.name} have changed: it starts empty.`);
    await dynamodb.send(new DeleteTableCommand({ TableName: table.name }));
    const gone = async () => ((await describe(dynamodb, table.name)) === undefined ? true : undefined);
    await waitFor(`the removal of table ${table.name}`, gone, TABLE_DEADLINE_MILLISECONDS);
  }
  await dynamodb.send(new CreateTableCommand(creation(table)));
  const active = async () =>
    (await describe(dynamodb, table.name))?.TableStatus === 'ACTIVE' ? true : undefined;
  await waitFor(`table ${table.name}`, active, TABLE_DEADLINE_MILLISECONDS);
};

const describe = async (dynamodb: DynamoDBClient, name: string) => {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

/** The keys as a text, to compare a stored table with the template's. */
const shapeOf = (
  keys: readonly { AttributeName?: string | undefined; KeyType?: string | undefined }[],
): string => keys.map(({ AttributeName, KeyType }) => `${AttributeName}:${KeyType}`).join(',');

const keySchema = (keys: readonly KeyModel[]) =>
  keys.map(({ attribute, kind }) => ({ AttributeName: attribute, KeyType: kind }));

const creation = (table: TableModel): CreateTableCommandInput => {
  const used = new Set(
    [table, ...table.globalIndexes, ...table.localIndexes].flatMap(({ keys }) =>
      keys.map((key) => key.attribute),
    ),
  );
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(table.keys),
    AttributeDefinitions: Object.entries(table.attributeTypes)
      .filter(([name]) => used.has(name))
      .map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    ...(table.globalIndexes.length === 0 ? {} : { GlobalSecondaryIndexes: table.globalIndexes.map(index) }),
    ...(table.localIndexes.length === 0 ? {} : { LocalSecondaryIndexes: table.localIndexes.map(index) }),
  };
};

const index = ({ name, keys, projection }: IndexModel) => ({
  IndexName: name,
  KeySchema: keySchema(keys),
  Projection: {
    ProjectionType: projection.type,
    ...(projection.attributes === undefined ? {} : { NonKeyAttributes: [...projection.attributes] }),
  },
});
