import { describe, expect, it } from 'vitest';
import type { Family } from '../../../pipeline/measures/families/maths/family-names.ts';
import { type FeatureFamily, headTables, type LayerSummary } from '../../../pipeline/measures/heads/heads.ts';

interface Made {
  readonly family: Family;
  /** Its head weight on head 0 of two, and that head's share of its attribution. */
  readonly weight: number;
  readonly attribution: number;
  readonly confidence?: number;
}

const profiles: Partial<Record<Family, number[]>> = { induction: [1, 0], 'current token': [0, 1] };
const family = ({ family, confidence = 0.9 }: Made): FeatureFamily => ({
  ...{ family, confidence },
  profile: profiles[family] ?? [],
});
const silent = { tokens: new Uint32Array(), values: new Float32Array() };

function layerOf(made: readonly Made[], twins: ReadonlyMap<number, number> = new Map()): LayerSummary {
  return {
    sae: '1',
    layer: 1,
    tokens: 100,
    counts: new Float64Array(made.length).fill(5),
    headWeights: made.map(({ weight }) => Float32Array.of(weight, 1 - weight)),
    headShares: made.map(({ attribution }) => Float32Array.of(attribution, 1 - attribution)),
    families: made.map(family),
    twins,
    claims: [],
    roles: new Map(made.map((one, i) => [i, { ...family(one), promoted: new Map(), activations: silent }])),
  };
}
const times = (count: number, made: Made) => Array.from({ length: count }, () => made);
const judge = (summary: LayerSummary, attention: Record<string, number> = {}) => {
  const { heads, verdicts } = headTables(summary, 2, () => new Map(Object.entries(attention)));
  const [row] = heads;
  if (!row) throw new Error('no head');
  return { row, verdicts: verdicts.filter(({ head }) => head === 0) };
};

/** Ten features of the current token lead by head weight; two hundred of induction have most of the attribution. */
const misled = layerOf([
  ...times(10, { family: 'current token', weight: 0.95, attribution: 0.9 }),
  ...times(200, { family: 'induction', weight: 0.6, attribution: 0.5 }),
  ...times(50, { family: 'BOS', weight: 0.4, attribution: 0.9 }),
]);
const induces = { 'induction attention on repeats': 0.79, 'induction attention on text': 0.43 };

describe('a head whose ten leading features do not do what the head does', () => {
  it('has the verdict of what it does, and the paper’s rule as a column of its own', () => {
    const { row } = judge(misled, induces);
    expect(row.polysemanticity).toBe('monosemantic candidate');
    expect(row.family_mix?.map(({ family, features, share }) => [family, features, share])).toEqual([
      ['induction', 200, expect.closeTo(100 / 109, 6)],
      ['current token', 10, expect.closeTo(9 / 109, 6)],
    ]);
    expect(row.paper_rule).toMatchObject({
      verdict: 'monosemantic candidate',
      family_mix: [{ family: 'current token', features: 10 }],
    });
  });

  it('is polysemantic where the paper’s rule has it for a candidate, its other features doing as much', () => {
    const { row } = judge(
      layerOf([
        ...times(10, { family: 'current token', weight: 0.95, attribution: 0.9 }),
        ...times(18, { family: 'induction', weight: 0.6, attribution: 0.5 }),
      ]),
    );
    expect(row.paper_rule?.verdict).toBe('monosemantic candidate');
    expect(row.polysemanticity).toBe('polysemantic');
    expect(row.scores?.roles_low).toBeCloseTo(2, 6);
  });

  it('is told by its attention where only the ten are taken', () => {
    const { verdicts } = judge(misled, induces);
    const by = (features: number | null) =>
      verdicts.find((row) => row.features === features && row.threshold === 1.5 && row.least_confidence === 0)?.verdict;
    expect([5, 10, 20, null].map(by)).toEqual([
      'conflicting evidence',
      'conflicting evidence',
      'polysemantic',
      'monosemantic candidate',
    ]);
  });

  it('is no candidate where its attention says nothing of what its features read', () => {
    const { row } = judge(misled, { 'induction attention on repeats': 0.1, 'induction attention on text': 0.02 });
    expect(row.polysemanticity).toBe('conflicting evidence');
    expect(row.conflicts).toEqual([
      { kind: 'read', family: 'induction', place: 'repeats', attention: 0.1, share: expect.closeTo(100 / 109, 6) },
    ]);
  });
});

describe('twins', () => {
  const made = [
    ...times(6, { family: 'induction', weight: 0.9, attribution: 0.5 }),
    ...times(6, { family: 'current token', weight: 0.8, attribution: 0.5 }),
  ];

  it('count once, the first by head weight', () => {
    const copies = new Map([6, 7, 8, 9, 10].map((feature) => [feature, 6]));
    const { row } = judge(layerOf(made, copies));
    expect(row.family_mix?.map(({ family, features, leading }) => [family, features, leading])).toEqual([
      ['induction', 6, [0, 1, 2, 3, 4]],
      ['current token', 2, [6, 11]],
    ]);
    expect(row.scores?.features).toBe(8);
  });

  it('count twice where they are none', () => {
    expect(judge(layerOf(made)).row.scores?.features).toBe(12);
  });
});

it('every choice has its own verdict: sure families, thresholds and numbers of features', () => {
  const made = [
    ...times(10, { family: 'induction', weight: 0.9, attribution: 0.5, confidence: 0.95 }),
    ...times(10, { family: 'current token', weight: 0.8, attribution: 0.5, confidence: 0.6 }),
  ];
  const { verdicts } = judge(layerOf(made));
  expect(verdicts).toHaveLength(4 * 4 * 3);
  const by = (features: number | null, threshold: number, least: number) =>
    verdicts.find((row) => row.features === features && row.threshold === threshold && row.least_confidence === least)
      ?.verdict;
  expect(by(null, 1.5, 0)).toBe('polysemantic');
  expect(by(null, 3, 0)).toBe('monosemantic candidate');
  expect(by(10, 1.5, 0)).toBe('monosemantic candidate');
  expect(by(null, 1.5, 0.8)).toBe('too little evidence');
});
