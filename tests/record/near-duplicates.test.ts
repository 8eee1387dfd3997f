import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { ShingleSet } from '../../pipeline/numbers/shingle-set.ts';
import { forEachShingle } from '../../pipeline/numbers/shingles.ts';
import { NearDuplicates } from '../../pipeline/record/near-duplicates.ts';

const shinglesOf = (tokens: Int32Array) => {
  const values: string[] = [];
  forEachShingle(tokens, (high, low) => values.push(`${high},${low}`));
  return values;
};
/** A document of its own by its seed. */
function made(seed: number, length: number): Int32Array {
  const random = seededRandom(seed);
  return Int32Array.from({ length }, () => Math.floor(random() * 4096));
}
const joined = (...parts: Int32Array[]) => Int32Array.from(parts.flatMap((part) => [...part]));

test('a shingle depends on its 50 tokens alone, wherever they are', () => {
  const [span, before, after] = [made(1, 50), made(2, 33), made(3, 20)];
  const [own = ''] = shinglesOf(span);
  expect(shinglesOf(span)).toHaveLength(1);
  const inside = shinglesOf(joined(before, span, after));
  expect(inside).toHaveLength(33 + 50 + 20 - 49);
  expect(inside.indexOf(own)).toBe(33);
});

test('any one token, or the order of two, makes another shingle', () => {
  const span = made(1, 50);
  const seen = new Set(shinglesOf(span));
  for (let at = 0; at < 50; at++) {
    seen.add(shinglesOf(span.with(at, (span[at] ?? 0) ^ 1))[0] ?? '');
    seen.add(shinglesOf(span.with(at, 0))[0] ?? '');
  }
  seen.add(shinglesOf(span.with(3, span[9] ?? 0).with(9, span[3] ?? 0))[0] ?? '');
  expect(seen.size).toBe(102);
});

test('a set keeps every pair it was given, zeros too, through its growth', () => {
  const set = new ShingleSet();
  for (let i = 0; i < 20_000; i++) set.add(i % 7, Math.floor(i / 7));
  for (let i = 0; i < 20_000; i++) set.add(i % 7, Math.floor(i / 7));
  // (high, 0) and (high, 1) are kept as one.
  expect(set.size).toBe(20_000 - 7);
  for (let i = 0; i < 20_000; i++) expect(set.has(i % 7, Math.floor(i / 7))).toBe(true);
  expect(set.has(7, 5)).toBe(false);
  expect(set.has(3, 20_000)).toBe(false);
});

/** Documents given one after another: which are kept. */
function kept(documents: readonly Int32Array[]): boolean[] {
  const duplicates = new NearDuplicates();
  return documents.map((tokens) => {
    const isKept = duplicates.begin(tokens);
    if (!isKept) duplicates.drop(tokens);
    return isKept;
  });
}

test('a document is left out when half of its shingles were in documents kept before', () => {
  const original = made(1, 400);
  const copy = original.slice();
  const withPreface = joined(made(2, 100), original);
  const quoting = joined(made(3, 500), original.subarray(0, 200), made(4, 300));
  expect(kept([original, copy, withPreface, quoting, made(5, 400)])).toEqual([true, false, false, true, true]);
});

test('just under half is kept, just half is not', () => {
  const original = made(1, 99);
  const overlap = (own: number) => joined(original, made(2, own)); // 50 shingles of 50 + own are known
  expect(kept([original, overlap(50)])).toEqual([true, false]);
  expect(kept([original, overlap(51)])).toEqual([true, true]);
});

test('shorter documents than a shingle are left out only as exact copies', () => {
  expect(kept([made(1, 12), made(1, 12), made(1, 11), made(2, 12), new Int32Array(0), new Int32Array(0)])).toEqual([
    true,
    false,
    true,
    true,
    true,
    true,
  ]);
});

test('a copy of what was itself left out does not count', () => {
  const [a, b, c] = [made(1, 150), made(2, 101), made(3, 150)];
  // The second is dropped for a; of the third, b alone is known, which was never kept.
  expect(kept([a, joined(a, b), joined(b, c)])).toEqual([true, false, true]);
});

test('a further piece of a document that is kept counts with its first', () => {
  const duplicates = new NearDuplicates();
  expect(duplicates.begin(made(1, 150))).toBe(true);
  duplicates.keep(made(2, 150));
  expect([1, 2, 3].map((seed) => duplicates.begin(made(seed, 150)))).toEqual([false, false, true]);
});
