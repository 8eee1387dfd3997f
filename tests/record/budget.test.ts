import { expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { budgetOf } from '../../pipeline/record/budget.ts';

const corpus = { count: 10, length: 128 };
const both: Pick<RunConfig, 'familyExamples' | 'upstreamExamples' | 'studies'> = {
  ...{ familyExamples: 3, upstreamExamples: 1 },
  studies: [],
};

it('counts a multiple in forward tokens of the corpus pass, and takes a number as it is', () => {
  expect(budgetOf({ ...both, budget: '1x' }, corpus)).toEqual({
    ...{ tokens: 1280, contextCuts: 800 },
    ...{ upstream: 320, checks: 160, study: 0 },
  });
  expect(budgetOf({ ...both, budget: '0.5x' }, corpus)?.tokens).toBe(640);
  expect(budgetOf({ ...both, budget: '1000' }, corpus)).toEqual({
    ...{ tokens: 1000, contextCuts: 625 },
    ...{ upstream: 250, checks: 125, study: 0 },
  });
});

it('sets no limit unless it is told to', () => {
  expect(budgetOf({ ...both, budget: undefined }, corpus)).toBeUndefined();
});

it('leaves the share of what is not asked for to the rest', () => {
  const of = (wanted: Partial<typeof both>) => budgetOf({ ...both, ...wanted, budget: '1x' }, corpus);
  expect(of({ familyExamples: 0 })).toEqual({ tokens: 1280, contextCuts: 0, upstream: 1120, checks: 160, study: 0 });
  expect(of({ upstreamExamples: 0 })).toEqual({ tokens: 1280, contextCuts: 1120, upstream: 0, checks: 160, study: 0 });
});

it('gives the studies that run the model an eighth, each as much', () => {
  const of = (studies: RunConfig['studies']) => budgetOf({ ...both, studies, budget: '1x' }, corpus);
  expect(of(['induction', 'ioi', 'families', 'training'])).toEqual({
    ...{ tokens: 1280, contextCuts: 640 },
    ...{ upstream: 320, checks: 160, study: 80 },
  });
  expect(of(['ioi', 'families'])).toMatchObject({ contextCuts: 640, study: 160 });
  expect(of(['families', 'training'])).toMatchObject({ contextCuts: 800, study: 0 });
});
