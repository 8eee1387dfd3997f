import { describe, expect, it } from 'vitest';
import {
  activationOverlap,
  comparedOnce,
  effectiveRoles,
  type FeatureRole,
  similarities,
} from '../../../../pipeline/measures/heads/maths/head-roles.ts';
import { paperRule } from '../../../../pipeline/measures/heads/maths/paper-rule.ts';

const silent = { tokens: new Uint32Array(0), values: new Float32Array(0) };
const role = (family: FeatureRole['family'], bin: number, weight = 0.8): FeatureRole => ({
  family,
  weight,
  profile: [0, 1, 2, 3].map((i) => (i === bin ? 1 : 0)),
  promoted: new Map(),
  activations: silent,
});
const times = (count: number, make: (i: number) => FeatureRole) => Array.from({ length: count }, (_, i) => make(i));

describe('the effective number of roles', () => {
  it('is the number of features where all differ and 1 where all are alike', () => {
    const roles = times(4, (i) => role(null, i));
    expect(effectiveRoles(roles, (a, b) => (a === b ? 1 : 0))).toBe(4);
    expect(effectiveRoles(roles, () => 1)).toBe(1);
    expect(effectiveRoles([], () => 1)).toBe(0);
  });

  it('is 2 for two halves that have nothing in common', () => {
    const roles = times(10, (i) => role(i < 5 ? 'induction' : 'BOS', 0));
    expect(effectiveRoles(roles, similarities.family)).toBe(2);
  });

  it('takes "unclear" to be like nothing else', () => {
    expect(
      effectiveRoles(
        times(3, () => role('unclear', 0)),
        similarities.family,
      ),
    ).toBe(3);
  });
});

it('two features overlap by the cosine of their activations', () => {
  const a = { tokens: Uint32Array.of(1, 5, 9), values: Float32Array.of(1, 2, 2) };
  const b = { tokens: Uint32Array.of(5, 9, 10), values: Float32Array.of(2, 2, 1) };
  expect(activationOverlap(a, b)).toBeCloseTo(8 / 9, 6);
  expect(activationOverlap(a, a)).toBeCloseTo(1, 6);
  expect(activationOverlap(a, silent)).toBe(0);
});

it('the activations of two features are gone through once, whichever comes first', () => {
  let reads = 0;
  const active = (...tokens: number[]): FeatureRole => ({
    ...role(null, 0),
    get activations() {
      reads++;
      return { tokens: Uint32Array.from(tokens), values: Float32Array.from(tokens, (token) => token / 7) };
    },
  });
  const [a, b] = [active(1, 5, 9), active(5, 9, 10)];
  const { activation } = comparedOnce();
  const overlap = similarities.activation(a, b);
  reads = 0;
  expect([activation(a, b), activation(b, a), activation(a, b)]).toEqual([overlap, overlap, overlap]);
  expect(reads).toBe(2);
  expect(activation(a, a)).toBe(1);
});

describe('by the paper’s rule a head is', () => {
  it('a candidate where its ten features are of one family and read the same', () => {
    const { verdict, families } = paperRule(
      times(20, () => role('induction', 1)),
      4,
    );
    expect(verdict).toBe('monosemantic candidate');
    expect(families).toEqual([['induction', 10]]);
  });

  it('still a candidate where one of ten stands apart, polysemantic where two or more do', () => {
    const apart = (count: number) =>
      times(20, (i) => (i % 10 < 10 - count ? role('induction', 1) : role('current token', 3)));
    expect(paperRule(apart(1), 4).verdict).toBe('monosemantic candidate');
    for (const count of [2, 3, 5]) expect(paperRule(apart(count), 4).verdict).toBe('polysemantic');
  });

  it('by the features that write through it more than through an even head', () => {
    const own = times(10, () => role('induction', 1));
    const others = times(10, () => role('BOS', 0, 0.2));
    expect(paperRule([...own, ...others], 4)).toMatchObject({ verdict: 'monosemantic candidate' });
    expect(paperRule([...own, ...others], 4).features).toBe(10);
  });

  it('not at all on fewer than five features whose family is known', () => {
    expect(
      paperRule(
        times(4, () => role('induction', 1)),
        4,
      ).verdict,
    ).toBe('too little evidence');
    expect(
      paperRule(
        times(10, (i) => role(i < 4 ? 'induction' : 'unclear', 1)),
        4,
      ).verdict,
    ).toBe('too little evidence');
    expect(paperRule([], 4)).toMatchObject({ verdict: 'too little evidence', families: [] });
  });
});
