import { expect, it } from 'vitest';
import { firstOfClass } from '../../../../pipeline/measures/families/maths/token-groups.ts';
import { randomInteger, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

it('finds the first source of each token class, BOS aside, however alike the hashes of classes', () => {
  const random = seededRandom(3);
  for (const [length, spacing] of [
    [2, 1],
    [40, 1],
    [128, 1 << 20],
    [1024, 1 << 9],
  ] as const) {
    const classes = Int32Array.from({ length }, () => spacing * randomInteger(random, 0, length / 2));
    classes[0] = classes[1] ?? 0;
    const first = firstOfClass(classes, length - 1);
    const literal = Array.from(classes, (own, s) => (s === 0 ? 0 : classes.indexOf(own, 1)));
    expect([...first]).toEqual(literal);
  }
});
