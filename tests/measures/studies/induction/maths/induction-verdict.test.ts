import { describe, expect, it } from 'vitest';
import {
  judgeInduction,
  oneTokenIsEnough,
} from '../../../../../pipeline/measures/studies/induction/maths/induction-verdict.ts';

const about = (mean: number, half = 0.02, count = 400) => ({ count, mean, low: mean - half, high: mean + half });
const curve = (means: readonly number[], half = 0.02, count = 400) =>
  means.map((mean, i) => ({ prefix: i + 1, attention: about(mean, half, count) }));
const verdict = (...args: Parameters<typeof curve>) => judgeInduction(curve(...args)).verdict;

describe('judgeInduction', () => {
  it('tells a head that needs a long match from one that does not', () => {
    const long = judgeInduction(curve([0.2, 0.28, 0.5, 0.6, 0.68, 0.7, 0.72, 0.71, 0.7]));
    expect([long.verdict, long.halfPrefix, long.greatest?.prefix]).toEqual(['long-prefix induction', 3, 7]);
    const short = judgeInduction(curve([0.55, 0.7, 0.75, 0.8, 0.8, 0.8, 0.79, 0.8, 0.78]));
    expect([short.verdict, short.halfPrefix]).toEqual(['short-prefix induction', 1]);
  });

  it('a head that needs two tokens needs a long match', () => {
    expect(judgeInduction(curve([0.01, 0.99, 0.99]))).toMatchObject({
      verdict: 'long-prefix induction',
      halfPrefix: 2,
    });
  });

  it('a head that hardly attends is none, however its curve rises', () => {
    expect(verdict([0.01, 0.05, 0.1, 0.2, 0.25])).toBe('not induction');
    expect(verdict([0.01, 0.01, 0.01])).toBe('not induction');
  });

  it('says nothing where an interval holds the threshold', () => {
    expect(verdict([0.2, 0.25, 0.29, 0.29])).toBe('too little evidence');
    expect(verdict([0.4, 0.6, 0.8], 0.05)).toBe('too little evidence');
  });

  it('says nothing of too few sequences, too few lengths, or without a single token', () => {
    expect(verdict([0.9, 0.9, 0.9], 0.02, 49)).toBe('too little evidence');
    expect(verdict([0.9, 0.9])).toBe('too little evidence');
    expect(verdict([])).toBe('too little evidence');
    expect(judgeInduction(curve([0.9, 0.9, 0.9, 0.9]).slice(1)).verdict).toBe('too little evidence');
  });
});

describe('oneTokenIsEnough', () => {
  it('holds what is left against what is left after a replacement elsewhere', () => {
    expect(oneTokenIsEnough({ after: about(0.6, 0.05, 64), control: about(0.62, 0.05, 64) })).toBe(true);
    expect(oneTokenIsEnough({ after: about(0.1, 0.05, 64), control: about(0.62, 0.05, 64) })).toBe(false);
  });

  it('says nothing of few edges or where the interval holds the half', () => {
    expect(oneTokenIsEnough({ after: about(0.1, 0.05, 11), control: about(0.6, 0.05, 11) })).toBeUndefined();
    expect(oneTokenIsEnough({ after: about(0.3, 0.05, 64), control: about(0.6, 0.05, 64) })).toBeUndefined();
  });
});
