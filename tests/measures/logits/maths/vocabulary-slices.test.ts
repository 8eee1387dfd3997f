import { expect, it } from 'vitest';
import { spreadOf, vocabularySlices } from '../../../../pipeline/measures/logits/maths/vocabulary-slices.ts';

const every = (vocabSize: number) => Int32Array.from({ length: vocabSize }, (_, id) => id);

it.each([1, 64, 2048, 2049, 50_257, 256_000])('covers a vocabulary of %d once, in slices alike', (vocabSize) => {
  const slices = vocabularySlices(vocabSize, every(vocabSize), 10);
  let next = 0;
  for (const { first, size, tokens, k } of slices) {
    expect(first).toBe(next);
    expect(tokens).toBe(size);
    expect(k).toBe(Math.min(10, vocabSize));
    expect(size).toBeLessThanOrEqual(2048);
    next += size;
  }
  expect(next).toBe(vocabSize);
});

it('counts the rows of a slice that are tokens', () => {
  const ids = every(5000).filter((id) => id % 10 !== 0 && id < 4500);
  const slices = vocabularySlices(5000, ids, 10);
  expect(slices.length).toBe(3);
  for (const { first, size, tokens } of slices)
    expect(tokens).toBe(ids.filter((id) => id >= first && id < first + size).length);
});

it('joins the moments of slices, one without a token too, to those of all, small beside the mean though they be', () => {
  const parts = [[1000.25, 1000.5], [1000.75, 1001, 1001.25], []];
  const slices = parts.map(({ length }) => ({ first: 0, size: 4, tokens: length, k: 1 }));
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squaresOf = (values: number[]) => values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0);
  const spread = spreadOf(slices, Float32Array.from(parts, meanOf), Float32Array.from(parts, squaresOf));
  const all = parts.flat();
  expect(spread.tokens).toBe(5);
  expect(spread.mean).toBeCloseTo(meanOf(all), 10);
  expect(spread.deviation).toBeCloseTo(Math.sqrt(squaresOf(all) / 5), 10);
});
