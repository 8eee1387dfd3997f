import { expect, test } from 'vitest';
import type { HeadRow } from '../../pipeline/store/schema.ts';
import { polysemanticHeadline, polysemanticityOf } from '../../site/lib/polysemanticity.ts';

const head = (polysemanticity: string | null, number = 0): HeadRow => ({
  layer: 0,
  head: number,
  top_features: Int32Array.of(),
  top_weights: Float32Array.of(),
  family_mix: null,
  scores: null,
  polysemanticity,
});
const heads = [
  head('polysemantic'),
  head('polysemantic'),
  head('monosemantic candidate', 7),
  head('too little evidence'),
];

test('the share is of judged heads, with the Wilson interval worked out by hand', () => {
  const found = polysemanticityOf(heads);
  expect(found).toMatchObject({ polysemantic: 2, judged: 3, unjudged: 1, share: 2 / 3 });
  expect(found?.candidates.map(({ head }) => head)).toEqual([7]);
  // z² = 3.8415: centre (2/3 + 3.8415/6)/(1 + 3.8415/3) = 0.57308, half 1.95996·√(2/27 + 3.8415/36)/2.28050 = 0.36543.
  expect(found?.low).toBeCloseTo(0.57308 - 0.36543, 4);
  expect(found?.high).toBeCloseTo(0.57308 + 0.36543, 4);
});

test('the headline says it in a sentence, and nothing where no head was judged', () => {
  expect(polysemanticHeadline(heads)).toBe(
    '2 of 3 judged heads are polysemantic: 67% (95% interval 21% to 94%); of 1 more there is too little evidence.',
  );
  expect(polysemanticHeadline([head(null), head('too little evidence')])).toBe('');
});
