import { expect, test } from 'vitest';
import { EntryBuffer } from '../../pipeline/record/active-entries.ts';

const entriesOf = (rows: readonly (readonly number[])[], thresholds: readonly number[]) => {
  const buffer = new EntryBuffer();
  const values = Float32Array.from(rows.flat());
  for (const row of rows.keys()) buffer.addRow(values, row, Float32Array.from(thresholds), 10 + row);
  const { features, tokens, values: kept } = buffer.entries();
  return Array.from(features, (feature, i) => [feature, tokens[i], kept[i]]);
};

test('a value counts where it is above the threshold of its feature, not at it', () => {
  expect(entriesOf([[0.5, 0.5, 0.5, 0]], [0, 0.25, 0.5, 0])).toEqual([
    [0, 10, 0.5],
    [1, 10, 0.5],
  ]);
});

test('rows of an odd width, every other of which does not lie on eight bytes, are read whole', () => {
  const rows = [
    [1, 0, 2],
    [0, 3, 4],
    [5, 0, 0],
  ];
  expect(entriesOf(rows, [0, 0, 0])).toEqual([
    [0, 10, 1],
    [2, 10, 2],
    [1, 11, 3],
    [2, 11, 4],
    [0, 12, 5],
  ]);
});

test('a value that is no number is kept, for whoever looks for such to find', () => {
  expect(entriesOf([[0, Number.NaN, 0, 0]], [1, 1, 1, 1])).toEqual([[1, 10, Number.NaN]]);
});
