import { expect, it } from 'vitest';
import { StrongestTokens } from '../../../../pipeline/measures/logits/maths/strongest-tokens.ts';
import { randomInteger, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

it.each(['greatest', 'least'] as const)('keeps the %s of a feature, of equal ones the first', (way) => {
  const random = seededRandom(5);
  const strongest = new StrongestTokens(3, 4, way);
  for (const feature of [2, 0]) {
    const values = Float32Array.from({ length: 30 }, () => randomInteger(random, -5, 5));
    const ids = Int32Array.from(values, (_, i) => 100 * feature + i);
    strongest.take(feature, values, ids);
    const sorted = [...ids].sort((a, b) => {
      const [x, y] = [values[a % 100] ?? 0, values[b % 100] ?? 0];
      return (way === 'greatest' ? y - x : x - y) || a - b;
    });
    expect(strongest.of(feature)).toEqual(
      sorted.slice(0, 4).map((tokenId) => ({ tokenId, value: values[tokenId % 100] })),
    );
  }
});
