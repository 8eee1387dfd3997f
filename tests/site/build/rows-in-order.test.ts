import { expect, test } from 'vitest';
import { RowsInOrder } from '../../../site/build/rows-in-order.ts';

async function* batches(...features: number[][]) {
  for (const batch of features) yield batch.map((feature) => ({ feature }));
}

test('rows come a few features at a time, wherever their batches end', async () => {
  const rows = new RowsInOrder(batches([0, 0, 1], [1, 3], [], [7]));
  const taken: number[][] = [];
  for (const feature of [1, 2, 3, 8, 9]) taken.push((await rows.before(feature)).map((row) => row.feature));
  expect(taken).toEqual([[0, 0], [1, 1], [], [3, 7], []]);
});

test('rows in another order are refused', async () => {
  await expect(new RowsInOrder(batches([0, 2], [1])).before(5)).rejects.toThrow('feature 1 comes after 2');
});
