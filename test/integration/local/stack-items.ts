import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { REGION } from '../../../local/constants.ts';
import type { DevStack } from '../../../local/stack.ts';
import { eventually } from '../../support/eventually.ts';

export type Item = Record<string, AttributeValue>;

/** Reads the items that the fixture's functions have stored. */
export const itemsOf = (stack: DevStack) => {
  const client = new DynamoDBClient({
    region: REGION,
    endpoint: stack.endpoints.dynamodb,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const read = async (id: string): Promise<Item | undefined> =>
    (await client.send(new GetItemCommand({ TableName: stack.tableName('Table'), Key: { id: { S: id } } })))
      .Item;
  return {
    read,
    /** Waits until the item is there and `isRight` accepts it. */
    awaited: (id: string, isRight: (item: Item) => boolean = () => true): Promise<Item> =>
      eventually(
        `item ${id}`,
        async () => {
          const item = await read(id);
          return item !== undefined && isRight(item) ? item : undefined;
        },
        60,
      ),
    close: () => client.destroy(),
  };
};
