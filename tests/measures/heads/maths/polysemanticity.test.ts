import { describe, expect, it } from 'vitest';
import type { Family } from '../../../../pipeline/measures/families/maths/family-names.ts';
import type { AttentionTo } from '../../../../pipeline/measures/heads/maths/attention-check.ts';
import { headEvidence, headVerdict, judgedChoice } from '../../../../pipeline/measures/heads/maths/polysemanticity.ts';
import type { HeadFeature } from '../../../../pipeline/measures/heads/maths/weighted-roles.ts';

let next = 0;
const profiles: Partial<Record<Family, number[]>> = { induction: [0, 1, 0], 'current token': [0, 0, 1] };
const feature = (family: Family, attribution: number, confidence = 0.9): HeadFeature => ({
  ...{ feature: next++, family, confidence, headWeight: 0.8, attribution },
  profile: profiles[family] ?? [1, 0, 0],
});
const times = (count: number, family: Family, attribution: number, confidence?: number) =>
  Array.from({ length: count }, () => feature(family, attribution, confidence));
const induces: AttentionTo = (kind, place) => (kind === 'induction' && place === 'repeats' ? 0.8 : 0.1);
const rests: AttentionTo = () => 0.3;
const judge = (own: readonly HeadFeature[], attention: AttentionTo = rests, choice = judgedChoice) => {
  const evidence = headEvidence(own, attention, choice);
  return { ...evidence, verdict: headVerdict(evidence) };
};

describe('a head is judged', () => {
  it('a candidate where its features have one role', () => {
    const judged = judge(times(20, 'induction', 0.5));
    expect(judged).toMatchObject({ verdict: 'monosemantic candidate', knownFeatures: 20, conflicts: [] });
    expect(judged.roles.low).toBeCloseTo(1, 10);
  });

  it('by what all its features do, where the ten of greatest head weight would say otherwise', () => {
    const own = [...times(10, 'current token', 0.9), ...times(300, 'induction', 0.3)];
    expect(judge(own, induces, { ...judgedChoice, features: 10 }).mix[0]).toMatchObject({
      family: 'current token',
      share: expect.closeTo(1, 10),
    });
    const all = judge(own, induces);
    expect(all.mix[0]).toMatchObject({ family: 'induction', share: expect.closeTo(90 / 99, 10) });
    expect(all.verdict).toBe('monosemantic candidate');
  });

  it('no candidate where its attention says otherwise', () => {
    const judged = judge(times(10, 'current token', 0.9), induces);
    expect(judged.verdict).toBe('conflicting evidence');
    expect(judged.conflicts.map(({ kind, family }) => `${kind} ${family}`)).toEqual([
      'attended induction',
      'read current token',
    ]);
  });

  it('polysemantic from over a fifth of its attribution in another role on, by the share and not by the number', () => {
    const split = (share: number) =>
      judge([...times(10, 'induction', 0.1 * (1 - share)), ...times(40, 'current token', 0.025 * share)]).verdict;
    expect([0.1, 0.2, 0.23, 0.5].map(split)).toEqual([
      'monosemantic candidate',
      'monosemantic candidate',
      'polysemantic',
      'polysemantic',
    ]);
  });

  it('with too little evidence where the unclear features decide', () => {
    const judged = judge([...times(10, 'induction', 0.7), ...times(10, 'unclear', 0.3)]);
    expect(judged.verdict).toBe('too little evidence');
    expect(judged.roles.low).toBeLessThan(1.5);
    expect(judged.roles.high).toBeGreaterThan(1.5);
    expect(judged.knownShare).toBeCloseTo(0.7, 10);
  });

  it('with too little evidence on fewer than five features of a known family', () => {
    expect(judge(times(4, 'induction', 0.5)).verdict).toBe('too little evidence');
    expect(judge([])).toMatchObject({ verdict: 'too little evidence', mix: [], roles: { low: 0, high: 0 } });
  });

  it('by surer families alone where more confidence is asked for', () => {
    const own = [...times(10, 'induction', 0.5), ...times(10, 'current token', 0.5, 0.4)];
    expect(judge(own).verdict).toBe('polysemantic');
    expect(judge(own, rests, { ...judgedChoice, leastConfidence: 0.5 }).verdict).toBe('too little evidence');
  });
});
