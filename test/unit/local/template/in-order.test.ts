import { expect, test } from 'vitest';
import { inOrder } from '../../../../local/template/in-order.ts';

const item = (logicalId: string, ...dependsOn: string[]) => ({ logicalId, dependsOn });
const ids = (items: { logicalId: string }[]) => items.map(({ logicalId }) => logicalId);

test('an item comes after its direct and indirect dependencies', () => {
  expect(ids(inOrder([item('test', 'migrate'), item('seed', 'test', 'Role'), item('migrate')]))).toEqual([
    'migrate',
    'test',
    'seed',
  ]);
});

test('items that do not depend on each other keep their order', () => {
  expect(ids(inOrder([item('b'), item('a'), item('c', 'Role')]))).toEqual(['b', 'a', 'c']);
});
