import { expect, it } from 'vitest';
import { families } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { plantedFeatures } from '../../../../pipeline/measures/studies/families/planted/features.ts';
import { plantedLayout } from '../../../../pipeline/measures/studies/families/planted/layout.ts';
import { plantedModel } from '../../../../pipeline/measures/studies/families/planted/model.ts';
import { plantedSaes } from '../../../../pipeline/measures/studies/families/planted/saes.ts';
import { plantedContexts } from '../../../../pipeline/measures/studies/families/planted/text.ts';
import { plantedCases } from '../../../../pipeline/measures/studies/families/planted-cases.ts';

const cases = plantedCases(0);
const [clean] = cases;
if (!clean) throw new Error('no cases');

it('every family is planted in every case, and cases differ in size, noise and seed', () => {
  for (const { options } of cases) {
    const truths = new Set(plantedFeatures(options).flatMap((features) => features.map(({ family }) => family)));
    expect([...truths].filter((truth) => truth !== null).toSorted()).toEqual(families.toSorted());
  }
  expect(new Set(cases.map(({ options }) => options.seed)).size).toBe(cases.length);
  expect(new Set(cases.map(({ options }) => JSON.stringify({ ...options, seed: 0 }))).size).toBe(cases.length);
});

it('a case is a pure function of its options', () => {
  const { options } = clean;
  expect(plantedModel(options).weights).toEqual(plantedModel(options).weights);
  expect(plantedSaes(options)).toEqual(plantedSaes(options));
  expect(plantedContexts(options)).toEqual(plantedContexts(options));
  expect(plantedContexts({ ...options, seed: 99 })).not.toEqual(plantedContexts(options));
});

it('features read within their heads, and the text has tokens of every kind, BOS at the start alone', () => {
  for (const { options } of cases) {
    const { dHead, nHeads, bos, vocabSize } = plantedLayout(options);
    for (const { reads } of plantedFeatures(options).flat()) {
      for (const { head, dim } of reads) expect([head < nHeads, dim < dHead]).toEqual([true, true]);
    }
    const contexts = plantedContexts(options);
    expect(new Set(contexts.flatMap((tokens) => [...tokens])).size).toBe(vocabSize);
    for (const tokens of contexts) expect([tokens[0], tokens.lastIndexOf(bos)]).toEqual([bos, 0]);
  }
});

it('noise is added to what is planted, not put in its place', () => {
  const { options } = clean;
  const of = (noise: number) =>
    plantedModel({ ...options, noise }).weights['layers.0.attention.query.weight']?.data ?? [];
  const [none, some] = [of(0), of(0.5)];
  const { dHead } = plantedLayout(options);
  const difference = Float64Array.from(some, (value, i) => value - (none[i] ?? 0));
  const deviation = Math.sqrt(difference.reduce((sum, value) => sum + value * value, 0) / difference.length);
  expect(deviation * Math.sqrt(dHead)).toBeCloseTo(0.5, 2);
});

it('a topic size for which there are too few characters is refused', () => {
  expect(() => plantedLayout({ ...clean.options, topicSize: 8 })).toThrow('invalid topicSize: 8, expected at most 7');
});
