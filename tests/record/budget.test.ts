import { expect, it } from 'vitest';
import { budgetOf } from '../../pipeline/record/budget.ts';

const corpus = { count: 10, length: 128 };
const both = { familyExamples: 3, upstreamExamples: 1 };

it('counts a multiple in forward tokens of the corpus pass, and takes a number as it is', () => {
  expect(budgetOf({ ...both, budget: '1x' }, corpus)).toEqual({
    ...{ tokens: 1280, contextCuts: 800 },
    ...{ upstream: 320, checks: 160 },
  });
  expect(budgetOf({ ...both, budget: '0.5x' }, corpus)?.tokens).toBe(640);
  expect(budgetOf({ ...both, budget: '1000' }, corpus)).toEqual({
    ...{ tokens: 1000, contextCuts: 625 },
    ...{ upstream: 250, checks: 125 },
  });
});

it('sets no limit unless it is told to', () => {
  expect(budgetOf({ ...both, budget: undefined }, corpus)).toBeUndefined();
});

it('leaves the share of what is not asked for to the rest', () => {
  const of = (wanted: Partial<typeof both>) => budgetOf({ ...both, ...wanted, budget: '1x' }, corpus);
  expect(of({ familyExamples: 0 })).toEqual({ tokens: 1280, contextCuts: 0, upstream: 1120, checks: 160 });
  expect(of({ upstreamExamples: 0 })).toEqual({ tokens: 1280, contextCuts: 1120, upstream: 0, checks: 160 });
});
