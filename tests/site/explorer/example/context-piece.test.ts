import { expect, test } from 'vitest';
import {
  contextsPerPiece,
  decodeContext,
  encodePiece,
  pieceOf,
} from '../../../../site/explorer/example/context-piece.ts';

test.each([
  ['small', [7, 0, 65_535]],
  ['large', [7, 0, 65_536]],
])('contexts of %s ids come back from their piece', (_, ids) => {
  const contexts = [ids, [1, 2, 3], ids.toReversed()];
  const { buffer } = encodePiece(contexts.map((context) => Int32Array.from(context)));
  if (!(buffer instanceof ArrayBuffer)) throw new Error('a piece is a buffer of its own');
  expect(contexts.map((_context, row) => decodeContext(buffer, row))).toEqual(contexts);
  expect(decodeContext(buffer, 3)).toBeUndefined();
});

test('an id takes two bytes where two do', () => {
  expect(encodePiece([[1, 2, 3]]).byteLength).toBe(8 + 3 * 2);
  expect(encodePiece([[1, 2, 65_536]]).byteLength).toBe(8 + 3 * 4);
});

test('every context has a piece and a row of its own, as many rows as a piece holds', () => {
  const places = Array.from({ length: 3 * contextsPerPiece }, (_, context) => pieceOf(context));
  expect(new Set(places.map(({ file, row }) => `${file} ${row}`)).size).toBe(places.length);
  expect(new Set(places.map(({ file }) => file)).size).toBe(3);
  expect(Math.max(...places.map(({ row }) => row))).toBe(contextsPerPiece - 1);
});

test('contexts of unlike lengths are refused, and a piece of none holds none', () => {
  expect(() => encodePiece([[1, 2], [1]])).toThrow('a context has 1 tokens, the one before it 2');
  const { buffer } = encodePiece([]);
  if (!(buffer instanceof ArrayBuffer)) throw new Error('a piece is a buffer of its own');
  expect(decodeContext(buffer, 0)).toBeUndefined();
});
