import { describe, expect, it } from 'vitest';
import { families } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { decideFamily, familyRules, ruleOf } from '../../../../pipeline/measures/families/maths/family-rules.ts';
import { type FamilyScores, familyScore } from '../../../../pipeline/measures/families/maths/family-scores.ts';
import { noScores } from '../family-scores.ts';

const evidence = (scores: Partial<FamilyScores>, distinctTexts = 20) => ({
  scores: { ...noScores, ...scores },
  proxySpecificity: 0,
  distinctTexts,
});

describe('the rules of families', () => {
  it('give every family, each by one rule that can be named afterwards', () => {
    const given = familyRules.flatMap((rule) => rule.families);
    expect(new Set(given)).toEqual(new Set(families));
    for (const family of families) {
      expect(familyRules[ruleOf(family, 20)]?.families).toContain(family);
      if (family !== 'unclear') expect(given.filter((name) => name === family)).toHaveLength(1);
    }
    expect([ruleOf('unclear', 2), ruleOf('unclear', 3)]).toEqual([0, familyRules.length - 1]);
  });

  it('decide by the first that holds, though another score is higher', () => {
    expect(decideFamily(evidence({ high_level_context: 0.55, current_token: 0.95 }))).toBe('high-level context');
    expect(decideFamily(evidence({ positional: 0.6, bos: 1 }))).toBe('positional');
    expect(decideFamily(evidence({ succession: 0.61, copying: 0.99, current_token: 0.99 }))).toBe('succession');
  });

  it('hold at the thresholds that they state', () => {
    const stated = familyRules.map((rule) => rule.condition((share) => `${Math.round(100 * share)}%`));
    let held = 0;
    for (const [i, condition] of stated.entries()) {
      const [family] = familyRules[i]?.families ?? [];
      const least = Number(/at least (\d+)%/.exec(condition)?.[1] ?? Number.NaN) / 100;
      if (!family || family === 'unclear' || Number.isNaN(least)) continue;
      const exact = { [familyScore[family]]: least };
      expect(decideFamily(evidence(exact))).toBe(family);
      expect(decideFamily(evidence({ [familyScore[family]]: least - 0.001 }))).toBe('unclear');
      held++;
    }
    expect(held).toBe(7);
  });
});
