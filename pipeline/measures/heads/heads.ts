import { correlation } from '../../numbers/correlation.ts';
import type { FamilyClaim } from '../families/checks/claim.ts';
import type { Family } from '../families/maths/family-names.ts';
import type { HeadAttention } from './attention/job.ts';
import { attentionColumns, attentionTo } from './head-columns.ts';
import { chanceOf } from './maths/chance.ts';
import type { FeatureRole } from './maths/head-roles.ts';
import { leadingFeatures, paperRule } from './maths/paper-rule.ts';
import { type HeadEvidence, headEvidence, headVerdict, judgedChoice, triedChoices } from './maths/polysemanticity.ts';
import type { HeadFeature } from './maths/weighted-roles.ts';
import type { NewHeadRow, NewHeadVerdictRow } from './table.ts';

/** What a head's verdict needs to know of a feature. */
export interface FeatureFamily {
  readonly family: Family | null;
  readonly confidence: number;
  readonly profile: ArrayLike<number>;
}

/** What the tables of heads and SAEs need to know of a layer's features. */
export interface LayerSummary {
  readonly layer: number;
  /** The SAE's id. */
  readonly sae: string;
  /** Tokens that its features were recorded on. */
  readonly tokens: number;
  /** Active tokens, by feature. */
  readonly counts: Float64Array;
  /** Head weights [feature, head]. */
  readonly headWeights: readonly Float32Array[];
  /** Share of the positive attribution of a feature's top examples that each head carries: [feature, head]. */
  readonly headShares: readonly Float32Array[];
  readonly families: readonly FeatureFamily[];
  /** Features of one decoder direction, with the first of them. */
  readonly twins: ReadonlyMap<number, number>;
  /** The roles of the features that lead on some head, without their weight there. */
  readonly roles: ReadonlyMap<number, Omit<FeatureRole, 'weight'>>;
  /** The families of its features that single tokens can show. */
  readonly claims: readonly FamilyClaim[];
}

export interface HeadTables {
  readonly heads: readonly NewHeadRow[];
  readonly verdicts: readonly NewHeadVerdictRow[];
}

const featuresPerHead = 50;
/** Features named of each family. */
const featuresPerFamily = 5;

/** Each head of an SAE's layer with its features of greatest head weight, its verdict by every choice and its attention. */
export function headTables(summary: LayerSummary, nHeads: number, attention: HeadAttention): HeadTables {
  const { layer, sae, counts } = summary;
  const alive = [...counts.keys()].filter((feature) => counts[feature] > 0);
  const heads = Array.from({ length: nHeads }, (_, head) => {
    const measured = attention(layer, head);
    const ranked = byHeadWeight(alive, summary.headWeights, head);
    const own = ownFeatures(summary, ranked, head, nHeads);
    const evidence = headEvidence(own, attentionTo(measured), judgedChoice, attentionTo(measured, chanceOf));
    const row: NewHeadRow = {
      ...{ layer, sae, head },
      top_features: ranked.slice(0, featuresPerHead),
      top_weights: ranked.slice(0, featuresPerHead).map((feature) => summary.headWeights[feature][head]),
      family_mix: familyMix(evidence),
      scores: { ...roleScores(evidence), ...attributionScores(summary, { alive, ranked, head }) },
      ...attentionColumns(measured),
      conflicts: evidence.conflicts,
      polysemanticity: headVerdict(evidence),
      paper_rule: paperColumns(summary, { ranked, head, nHeads }),
    };
    return { row, verdicts: verdictRows({ layer, sae, head }, own, measured) };
  });
  return { heads: heads.map(({ row }) => row), verdicts: heads.flatMap(({ verdicts }) => verdicts) };
}

/** A layer's features that are among the `more` of greatest weight on some head. */
export function leadersOf(alive: readonly number[], headWeights: readonly Float32Array[], nHeads: number): Set<number> {
  const heads = Array.from({ length: nHeads }, (_, head) => head);
  return new Set(heads.flatMap((head) => byHeadWeight(alive, headWeights, head).slice(0, leadingFeatures.more)));
}

/** Features by their weight on a head, ties to the lower number. */
function byHeadWeight(features: readonly number[], headWeights: readonly Float32Array[], head: number): number[] {
  const weight = (feature: number) => headWeights[feature][head];
  return features.toSorted((a, b) => weight(b) - weight(a) || a - b);
}

/** Those with more than an even share of their decoder on a head, of twins the first. */
function ownFeatures(summary: LayerSummary, ranked: readonly number[], head: number, nHeads: number): HeadFeature[] {
  const seen = new Set<number>();
  return ranked.flatMap((feature) => {
    const headWeight = summary.headWeights[feature][head];
    const direction = summary.twins.get(feature) ?? feature;
    const of = summary.families[feature];
    if (!of || seen.has(direction) || (nHeads > 1 && headWeight <= 1 / nHeads)) return [];
    seen.add(direction);
    return [{ feature, ...of, headWeight, attribution: summary.headShares[feature][head] }];
  });
}

const familyMix = ({ mix }: HeadEvidence): NewHeadRow['family_mix'] =>
  mix.map(({ family, share, features }) => ({
    family,
    share,
    features: features.length,
    leading: features.slice(0, featuresPerFamily),
  }));

const roleScores = ({ roles, features, knownFeatures, knownShare }: HeadEvidence) => ({
  roles_low: roles.low,
  roles_high: roles.high,
  features,
  known_features: knownFeatures,
  known_share: knownShare,
});

function verdictRows(
  place: { readonly layer: number; readonly sae: string; readonly head: number },
  own: readonly HeadFeature[],
  measured: ReadonlyMap<string, number>,
): NewHeadVerdictRow[] {
  return triedChoices.leastConfidences.flatMap((leastConfidence) => {
    const tried = triedChoices.features.map((features) => ({
      features,
      evidence: headEvidence(
        own,
        attentionTo(measured),
        { features, leastConfidence },
        attentionTo(measured, chanceOf),
      ),
    }));
    return triedChoices.thresholds.flatMap((threshold) =>
      tried.map(({ features, evidence }) => ({
        ...{ ...place, features, least_confidence: leastConfidence, threshold },
        ...{ roles_low: evidence.roles.low, roles_high: evidence.roles.high },
        verdict: headVerdict(evidence, threshold),
      })),
    );
  });
}

/** The paper's rule on the features of greatest head weight, twins and all. */
function paperColumns(
  summary: LayerSummary,
  { ranked, head, nHeads }: { readonly ranked: readonly number[]; readonly head: number; readonly nHeads: number },
): NewHeadRow['paper_rule'] {
  const leading = ranked.slice(0, leadingFeatures.more).flatMap((feature) => {
    const role = summary.roles.get(feature);
    return role ? [{ ...role, weight: summary.headWeights[feature][head] }] : [];
  });
  const rule = paperRule(leading, nHeads);
  return {
    verdict: rule.verdict,
    features: rule.features,
    known_features: rule.knownFeatures,
    roles: rule.roles,
    roles_of_5: rule.rolesOf5,
    roles_of_20: rule.rolesOf20,
    roles_by_family: rule.rolesBy.family,
    roles_by_reading: rule.rolesBy.reading,
    roles_by_logit_effect: rule.rolesBy['logit effect'],
    roles_by_activation: rule.rolesBy.activation,
    family_mix: rule.families.map(([family, features]) => ({ family, features })),
  };
}

/** Head weight beside attribution by head: means over the ten leading features, correlation over all alive ones. */
function attributionScores(
  { headWeights, headShares }: LayerSummary,
  { alive, ranked, head }: { readonly alive: readonly number[]; readonly ranked: readonly number[]; head: number },
) {
  const of = (table: readonly Float32Array[], features: readonly number[]) =>
    features.map((feature) => table[feature][head]);
  const leading = ranked.slice(0, leadingFeatures.judged);
  return {
    mean_head_weight: mean(of(headWeights, leading)),
    mean_attribution_share: mean(of(headShares, leading)),
    weight_attribution_correlation: correlation(of(headWeights, alive), of(headShares, alive)),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
