import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { mixedBatch, nameSource, repeatSource, type Source, textSource } from '../../pipeline/training/mixture.ts';

const constant = (name: string, share: number, token: number): Source => ({
  name,
  share,
  draw: (_random, length) => Array<number>(length).fill(token),
});
const shape = { seed: 3, rows: 400, length: 4, bos: 9 };

test('a batch puts bos first and takes rows from its sources by their shares', () => {
  const batch = mixedBatch([constant('a', 0.75, 1), constant('b', 0.25, 2)], 0, shape);
  const rows = Array.from({ length: 400 }, (_, row) => [...batch.data.slice(4 * row, 4 * row + 4)]);
  expect(rows.every(([bos, ...rest]) => bos === 9 && new Set(rest).size === 1)).toBe(true);
  const share = rows.filter((row) => row[1] === 1).length / 400;
  expect(Math.abs(share - 0.75)).toBeLessThan(0.05);
});

test('a batch depends on the seed and the step alone', () => {
  const source = repeatSource(
    1,
    Int32Array.from({ length: 1000 }, (_, i) => i),
    20,
  );
  expect(mixedBatch([source], 7, shape)).toEqual(mixedBatch([source], 7, shape));
  expect(mixedBatch([source], 7, shape).data).not.toEqual(mixedBatch([source], 8, shape).data);
});

test('pieces of text start anywhere in the stream', () => {
  const source = textSource(
    'text',
    1,
    Int32Array.from({ length: 12 }, (_, i) => i),
  );
  const starts = new Set<number | undefined>();
  for (let seed = 0; seed < 200; seed++) starts.add(source.draw(seededRandom(seed), 10)[0]);
  expect([...starts].toSorted()).toEqual([0, 1, 2]);
  expect(() => source.draw(seededRandom(0), 13)).toThrow('text has 12 tokens, needs 13');
});

test('sentences of names are documents, each closed by the end-of-text token', () => {
  const encode = (text: string) => [text.length];
  const tokens = Array.from(nameSource(1, encode, 0).draw(seededRandom(1), 10));
  expect(tokens.map((token) => token === 0)).toEqual([false, true, false, true, false, true, false, true, false, true]);
});
