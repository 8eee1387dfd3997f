import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import {
  heldOutPieces,
  inductionSource,
  mixedBatch,
  type Source,
  storySource,
  textSource,
} from '../../pipeline/training/mixture.ts';

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
  const source = inductionSource({ share: 1, ids: 1000, wholeVocabulary: 0.5 });
  expect(mixedBatch([source], 7, shape)).toEqual(mixedBatch([source], 7, shape));
  expect(mixedBatch([source], 7, shape).data).not.toEqual(mixedBatch([source], 8, shape).data);
});

test('training never sees a token of the held-out pieces', () => {
  const stream = Int32Array.from({ length: 110_000 }, (_, i) => i);
  const heldOut = heldOutPieces(stream, 100, 8).map((piece) => [piece[0] ?? 0, piece[99] ?? 0]);
  expect(heldOut.length).toBe(8);
  const source = textSource('text', 1, stream);
  for (let seed = 0; seed < 5000; seed++) {
    const piece = source.draw(seededRandom(seed), 100);
    const [first = 0, last = 0] = [piece[0], piece[99]];
    expect(heldOut.some(([from = 0, to = 0]) => first <= to && last >= from)).toBe(false);
  }
});

test('stories are told as documents, each closed by the end-of-text token', () => {
  const encode = (text: string) => [text.length];
  const tokens = Array.from(storySource(1, encode, 0).draw(seededRandom(1), 10));
  expect(tokens.map((token) => token === 0)).toEqual([false, true, false, true, false, true, false, true, false, true]);
});
