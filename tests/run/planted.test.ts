import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';
import { families } from '../../pipeline/measures/families/maths/family-names.ts';
import type { HeadRow } from '../../pipeline/measures/heads/table.ts';
import type { ExampleRow } from '../../pipeline/measures/statistics/table.ts';
import { featurePage } from '../../site/compose/feature-page.ts';
import { headSentence } from '../../site/measures/heads/head-sentence.ts';
import { percent, significant } from '../../site/page-kit/format.ts';
import { testEnv } from '../site/test-env.ts';
import { type Judged, type PlantedRun, plantedRun } from './planted-run.ts';
import { removeTemporaryFolders } from './reference-case.ts';

let planted: PlantedRun;

beforeAll(async () => {
  planted = await plantedRun();
}, 600_000);
afterAll(removeTemporaryFolders);

/** A feature's page without its tags. */
function featureText({ row, topExamples, check }: Judged): string {
  return featurePage({ row, examples: [...topExamples], check }, testEnv([])).body.text.replace(/<[^>]+>/g, '');
}

/** Of the features called so, how many are; of those that are, how many were found. */
function figuresOf(family: string) {
  const called = planted.judged.filter(({ row }) => row.family === family);
  const meant = planted.judged.filter(({ truth }) => truth === family);
  const right = called.filter(({ truth }) => truth === family).length;
  return { precision: right / called.length, recall: right / meant.length };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A head's features with the head's share of their positive attribution, off the tables. */
function ownFeatures({ layer, head }: HeadRow) {
  return planted.judged
    .filter(({ row }) => row.layer === layer && (row.head_weights[head] ?? 0) > 1 / row.head_weights.length)
    .map(({ row, topExamples }) => {
      const byHead = topExamples.map(({ dfa_head }) => [...(dfa_head ?? [])]);
      const positive = byHead.map((values) => values.map((value) => Math.max(0, value)));
      const share = sum(positive.map((values) => values[head] ?? 0)) / sum(positive.flat());
      return { family: row.family, share, profile: [...(row.reading_profile ?? [])] };
    })
    .filter(({ family, share }) => family !== null && share > 0);
}

/** 1/Σ p_i p_j S_ij² by its definition; no feature of these is unclear. */
function rolesByPairs(own: ReturnType<typeof ownFeatures>): number {
  const total = sum(own.map(({ share }) => share));
  const dot = (a: number[], b: number[]) => sum(a.map((value, k) => value * (b[k] ?? 0)));
  const pairs = own.flatMap((a) =>
    own.map((b) => {
      const reading = dot(a.profile, b.profile) / Math.sqrt(dot(a.profile, a.profile) * dot(b.profile, b.profile));
      const similarity = a === b ? 1 : 0.6 * Number(a.family === b.family) + 0.4 * reading;
      return (a.share / total) * (b.share / total) * similarity ** 2;
    }),
  );
  return 1 / sum(pairs);
}

const ofFamily = (family: string) => planted.judged.filter(({ truth }) => truth === family).map(({ row }) => row);
const headOf = (layer: number, head: number) => planted.heads.find((row) => row.layer === layer && row.head === head);

describe('features that read heads made by hand', () => {
  it.each(families)('are found to be of the family %s, all of them and no others', (family) => {
    expect(ofFamily(family).length).toBeGreaterThan(0);
    expect(figuresOf(family)).toEqual({ precision: 1, recall: 1 });
  });

  it('have no family where they are dead', () => {
    const dead = planted.judged.filter(({ truth }) => truth === null);
    expect(dead.length).toBe(4);
    for (const { row } of dead)
      expect([row.count, row.family, row.family_scores, row.context_curve]).toEqual([0, null, null, null]);
  });

  it('have their calibrated confidence, their support and the texts it rests on', () => {
    for (const { truth, row } of planted.judged) {
      const claimed = truth !== null && truth !== 'unclear';
      expect(row.family_confidence !== null).toBe(claimed);
      expect(row.family_support !== null).toBe(claimed && truth !== 'positional');
      if (truth !== null) expect(row.distinct_texts).toBeGreaterThanOrEqual(3);
      const { shown = 0, of = 0 } = row.family_support ?? {};
      expect(shown).toBeLessThanOrEqual(of);
      if (truth === 'induction') expect(of).toBe(row.distinct_texts);
    }
  });

  it('say on their pages in how many distinct texts they show their family, as counted again from the examples', () => {
    let counted = 0;
    for (const feature of planted.judged) {
      const { row, topExamples } = feature;
      const [back] = { 'previous token': [1], 'current token': [0] }[row.family ?? ''] ?? [];
      if (back === undefined) continue;
      const texts = new Map<string, ExampleRow>();
      for (const example of topExamples) {
        const at = example.position - example.window_start;
        const text = example.token_ids.slice(Math.max(0, at - 7), at + 1).join(' ');
        if (!texts.has(text)) texts.set(text, example);
      }
      const shown = [...texts.values()].filter(({ position, dfa_source }) => {
        const read = Array.from(dfa_source ?? [], (value) => Math.max(0, value));
        const share = (read[position - back] ?? 0) / read.reduce((sum, value) => sum + value, 0);
        return (share - 1 / position) / (1 - 1 / position) >= 0.6;
      }).length;
      expect(row.distinct_texts).toBe(texts.size);
      expect(featureText(feature)).toContain(
        `Seen in ${shown} of the ${texts.size} distinct top examples that were looked at for it.`,
      );
      counted++;
    }
    expect(counted).toBeGreaterThan(40);
  });

  it('say on their pages how far their confidence and their random tokens go, as the tables have it', () => {
    for (const feature of planted.judged) {
      const { truth, row, check } = feature;
      if (row.family === null) continue;
      const text = featureText(feature);
      expect(text.includes('of its active tokens drawn at random')).toBe(check !== undefined);
      if (check)
        expect(text).toContain(`On ${check.tokens} of its active tokens drawn at random it shows on ${check.shown}:`);
      if (truth === 'unclear') expect(text).toContain('Rule 10 of 10 decided: no other rule holds.');
      else expect(text).toContain(`Confidence ${percent(row.family_confidence ?? Number.NaN, 2)}: of `);
      const largest = Math.max(...row.head_weights);
      expect(text).toContain(
        `has the largest share of its decoder norm, ${percent(largest, 2)} (even split: ${percent(1 / row.head_weights.length)}).`,
      );
    }
  });

  it('show their family on random active tokens as well, where heads do one thing only', () => {
    for (const { truth, row, check } of planted.judged) {
      expect(check !== undefined).toBe(row.family_support !== null);
      if (!check) continue;
      const context = truth === 'local context' || truth === 'high-level context';
      expect(check.tokens).toBe(Math.min(row.count, context ? 8 : 20));
      expect(check.family_share_random).toBe(check.shown / check.tokens);
      if (truth === 'previous token' || truth === 'duplicate token') expect(check.family_share_random).toBe(1);
      if (truth === 'local context') expect(check.family_share_random).toBeGreaterThan(0.7);
    }
  });

  it('of the induction head read, promote and foretell the token that came next', () => {
    for (const [token, row] of ofFamily('induction').entries()) {
      expect(row.induction_proxy?.token_id).toBe(token);
      expect(row.family_scores?.logit_effect_on_source).toBeGreaterThan(0.6);
      expect(row.family_scores?.proxy_specificity_upper_half).toBeGreaterThan(0.8);
    }
  });

  it('of the head that spreads its attention need many tokens, those of the previous token need two', () => {
    for (const row of ofFamily('high-level context')) {
      const curve = [...(row.context_curve ?? [])];
      expect(curve).toEqual(curve.toSorted((a, b) => a - b));
      expect(curve[3]).toBeLessThan(0.2);
    }
    for (const row of ofFamily('previous token')) expect(row.context_curve?.[0]).toBeLessThan(0.1);
    for (const row of ofFamily('previous token')) expect(row.context_curve?.[1]).toBeGreaterThan(0.8);
  });

  it('have their cut contexts reported as they are run, up to the last feature', () => {
    const done = planted.updates.flatMap(
      (update) => /^context cuts (\d+)\/(\d+) features$/.exec(update)?.slice(1, 3) ?? [],
    );
    const counts = done.filter((_, i) => i % 2 === 0).map(Number);
    expect(counts.length).toBeGreaterThan(10);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(planted.judged.length);
    expect(planted.updates).toContain('context cuts end');
  });

  it('have few contexts run again, and how many is said', () => {
    expect(planted.lines.find((line) => line.startsWith('families:'))).toMatch(
      /in \d{1,2} forward passes of \d{4} tokens/,
    );
  });
});

describe('heads made by hand', () => {
  it.each([
    [0, 0, 'previous_token_on_repeats', 1],
    [1, 0, 'induction_on_repeats', 0.5],
    [1, 1, 'duplicate_token_on_repeats', 0.5],
  ] as const)('show in head %i.%i as %s on random tokens said twice', (layer, head, name, least) => {
    // Among 24 letters half of what is repeated has been said once more by chance.
    expect(headOf(layer, head)?.attention?.[name]).toBeGreaterThan(least - 0.05);
    for (const other of planted.heads) {
      if (other.layer !== layer || other.head !== head) expect(other.attention?.[name]).toBeLessThan(0.1);
    }
  });

  it.each([
    [0, 0, 'previous_token_on_text', 1],
    [0, 2, 'current_token_on_text', 1],
    [1, 0, 'induction_on_text', 0.9],
    [1, 1, 'duplicate_token_on_text', 0.9],
  ] as const)('show in head %i.%i as %s', (layer, head, name, least) => {
    expect(headOf(layer, head)?.attention?.[name]).toBeGreaterThan(least - 0.05);
    const nearest = headOf(0, 2)?.attention?.distance_on_text;
    const spread = headOf(0, 1)?.attention?.distance_on_text;
    expect(nearest).toBeLessThan(0.01);
    expect(spread).toBeGreaterThan(20);
    expect(headOf(0, 1)?.attention?.entropy_on_text).toBeGreaterThan(2);
  });

  it.each([
    // Of 21 features of its own and 8 that it shares with another head, half each.
    [0, 0, 'monosemantic candidate', { 'previous token': 0.84, 'local context': 0.16 }],
    [0, 2, 'monosemantic candidate', { 'current token': 0.84, 'local context': 0.16 }],
    [1, 0, 'monosemantic candidate', { induction: 1 }],
    [1, 1, 'monosemantic candidate', { 'duplicate token': 1 }],
    [1, 2, 'polysemantic', { positional: 0.5, 'current token': 0.5 }],
  ])('have the verdict of what they do, head %i.%i %s', (layer, head, verdict, mix) => {
    const row = headOf(layer, head);
    expect(row?.polysemanticity).toBe(verdict);
    expect(row?.conflicts).toEqual([]);
    const shares = Object.fromEntries(row?.family_mix?.map(({ family, share }) => [family, share]) ?? []);
    for (const [family, share] of Object.entries(mix)) expect(shares[family]).toBeCloseTo(share, 1);
  });

  it('have the ten features of greatest head weight beside it, whatever else they do', () => {
    const rule = headOf(1, 2)?.paper_rule;
    expect(rule?.family_mix).toEqual([
      { family: 'positional', features: 8 },
      { family: 'current token', features: 2 },
    ]);
  });

  it('have sentences whose numbers follow from the tables of features and examples', () => {
    let withRoles = 0;
    for (const row of planted.heads) {
      const own = ownFeatures(row);
      const total = sum(own.map(({ share }) => share));
      const families = Map.groupBy(own, ({ family }) => family ?? '');
      const mix = [...families].map(([family, of]) => ({ family, share: sum(of.map(({ share }) => share)) / total }));
      const sentence = headSentence(row);
      for (const { family, share } of mix.toSorted((a, b) => b.share - a.share).slice(0, 3))
        expect(sentence).toContain(`${percent(share, 2)} ${family}`);
      if (row.polysemanticity === 'too little evidence') continue;
      expect(sentence).toContain(` ${significant(rolesByPairs(own))} effective roles`);
      withRoles++;
    }
    // Two heads have too few features of their own.
    expect([planted.heads.length, withRoles]).toEqual([12, 10]);
  });

  it('have a verdict by every choice, the one they go by among them', () => {
    const own = planted.verdicts.filter(({ layer, head }) => layer === 1 && head === 0);
    expect(own).toHaveLength(48);
    const asked = (least: number) =>
      own.find((row) => row.features === null && row.least_confidence === least && row.threshold === 1.5)?.verdict;
    expect(asked(0)).toBe('monosemantic candidate');
    // The confidence of its features is known, and more than half.
    expect(asked(0.5)).toBe('monosemantic candidate');
  });

  it('are not judged by fewer than five features of their own', () => {
    expect(headOf(1, 3)?.scores?.features).toBe(4);
    expect(headOf(1, 3)?.polysemanticity).toBe('too little evidence');
  });

  it('carry the attribution that their decoder weights say', () => {
    for (const row of planted.heads) expect(row.scores?.weight_attribution_correlation).toBeGreaterThan(0.9);
  });
});

describe('circuits made by hand', () => {
  const circuitOf = (layer: number, head: number) =>
    planted.circuits.find((row) => row.layer === layer && row.head === head);
  const score = (layer: number, head: number, name: keyof HeadCircuitsRow['scores']) =>
    circuitOf(layer, head)?.scores[name];

  it('compose most where the induction head’s key reads what the previous-token head wrote', () => {
    const all = planted.circuits.flatMap(({ layer, head, composition }) =>
      composition.map((part) => ({ from: `${part.layer}.${part.head}`, to: `${layer}.${head}`, ...part })),
    );
    const [first, second] = all.toSorted((a, b) => b.score - a.score);
    expect(first).toMatchObject({ kind: 'K', from: '0.0', to: '1.0' });
    expect(first?.score).toBeGreaterThan(2 * (second?.score ?? 1));
    // 0.1 and 0.2 write nothing, so that there is nothing to compose with.
    expect(new Set(all.map(({ from }) => from))).toEqual(new Set(['0.0']));
  });

  it('copy in the heads that were made to copy', () => {
    for (const head of [0, 1]) {
      expect(score(1, head, 'copying_by_eigenvalues')).toBeGreaterThan(0.99);
      expect(score(1, head, 'copying_by_tokens')).toBe(1);
      const writes = circuitOf(1, head)?.writes ?? [];
      expect(writes).toHaveLength(10);
      for (const { from, to } of writes) expect(to).toBe(from);
    }
    expect(score(0, 1, 'copying_by_eigenvalues')).toBe(0);
  });

  it('attend to the same token in the duplicate-token head, and by position to the token before or itself', () => {
    expect(score(1, 1, 'same_token_preference')).toBe(1);
    const attends = circuitOf(1, 1)?.attends ?? [];
    expect(attends).toHaveLength(10);
    for (const { from, to } of attends) expect(to).toBe(from);
    expect(score(0, 0, 'previous_token_by_position')).toBeGreaterThan(0.99);
    expect(score(0, 2, 'current_token_by_position')).toBeGreaterThan(0.99);
    expect(score(1, 1, 'previous_token_by_position')).toBeLessThan(0.1);
  });

  it('have the rank they were given', () => {
    // 1.1 queries with 40 tokens, less the mean of the stream; what it writes are those tokens.
    expect(circuitOf(1, 1)?.ov_rank).toBeGreaterThan(35);
    expect(circuitOf(1, 1)?.ov_rank).toBeLessThan(40.5);
    expect(circuitOf(0, 1)?.ov_rank).toBe(0);
  });
});
