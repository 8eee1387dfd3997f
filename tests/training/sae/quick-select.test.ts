import { expect, test } from 'vitest';
import { randomInteger, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { kthLargest } from '../../../pipeline/training/sae/quick-select.ts';

test('the k-th largest is what sorting gives, equal numbers among them', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 50; round++) {
    const values = Float32Array.from({ length: 1 + round }, () => randomInteger(random, -5, 12));
    const sorted = values.toSorted().toReversed();
    for (let k = 1; k <= values.length; k++) expect(kthLargest(values.slice(), k)).toBe(sorted[k - 1]);
  }
});

test('it leaves the k largest in front', () => {
  const values = Float32Array.of(3, 9, 1, 7, 5, 8);
  kthLargest(values, 3);
  expect(Array.from(values.subarray(0, 3)).toSorted()).toEqual([7, 8, 9]);
});
