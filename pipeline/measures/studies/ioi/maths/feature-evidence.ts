import { type Estimate, groupedMean } from '../../../../numbers/grouped-mean.ts';
import type { Order } from './dataset.ts';
import { isSure, leastShare } from './roles.ts';

/** One feature at S2 in every prompt: its activation, and what its ablation does to the logit difference. */
export interface FeatureSeries {
  readonly activation: Float64Array;
  readonly effect: Float64Array;
}

export interface FeatureEvidence {
  readonly layer: number;
  readonly feature: number;
  /** Mean change of the logit difference over all prompts, those where it is not active among them. */
  readonly effect: Estimate;
  readonly effectByOrder: Readonly<Record<Order, Estimate>>;
  /** Mean activation over all prompts of an order, and in how many of them it is active. */
  readonly activation: Readonly<Record<Order, number>>;
  readonly active: Readonly<Record<Order, number>>;
  /** (BABA − ABBA)/(BABA + ABBA) of its mean activations: 1 where it is active in BABA alone, −1 in ABBA alone. */
  readonly selectivity: number;
}

/** Which prompt is of which template and order. */
export interface PromptGroups {
  readonly templates: readonly number[];
  readonly orders: readonly Order[];
}

export function featureEvidence(
  layer: number,
  feature: number,
  { activation, effect }: FeatureSeries,
  { templates, orders }: PromptGroups,
): FeatureEvidence {
  const of = (order: Order) => [...orders.keys()].filter((i) => orders[i] === order);
  const [abba, baba] = [of('ABBA'), of('BABA')];
  const at = (values: ArrayLike<number>, rows: readonly number[]) => rows.map((i) => values[i]);
  const estimate = (rows: readonly number[]) => groupedMean(at(effect, rows), at(templates, rows));
  const mean = { ABBA: meanOf(at(activation, abba)), BABA: meanOf(at(activation, baba)) };
  const count = (rows: readonly number[]) => at(activation, rows).filter((value) => value > 0).length;
  return {
    layer,
    feature,
    effect: estimate([...orders.keys()]),
    effectByOrder: { ABBA: estimate(abba), BABA: estimate(baba) },
    activation: mean,
    active: { ABBA: count(abba), BABA: count(baba) },
    selectivity: (mean.BABA - mean.ABBA) / Math.max(mean.BABA + mean.ABBA, Number.MIN_VALUE),
  };
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const featureRoles = ['position', 'leading'] as const;
type FeatureRole = (typeof featureRoles)[number];

/** From here on a feature tells the orders apart. */
export const leastSelectivity = 0.5;
export const mostFeatures = 5;

export interface ChosenFeature {
  readonly evidence: FeatureEvidence;
  readonly role: FeatureRole;
}

/**
 * Features worth following, five at most: position features, which tell the orders apart and matter in one of them, by
 * their larger effect; then, in the places left, whatever else matters most over both. An effect matters where its interval
 * leaves out 0 and it is 2 % of the mean logit difference.
 */
export function chooseFeatures(features: readonly FeatureEvidence[], difference: number): ChosenFeature[] {
  const matters = (effect: Estimate) =>
    (isSure(effect, 1) || isSure(effect, -1)) && Math.abs(effect.mean) >= leastShare * Math.abs(difference);
  const larger = ({ effectByOrder }: FeatureEvidence) =>
    Math.max(Math.abs(effectByOrder.ABBA.mean), Math.abs(effectByOrder.BABA.mean));
  const position = features
    .filter(({ selectivity }) => Math.abs(selectivity) >= leastSelectivity)
    .filter(({ effectByOrder }) => matters(effectByOrder.ABBA) || matters(effectByOrder.BABA))
    .toSorted((a, b) => larger(b) - larger(a) || a.layer - b.layer || a.feature - b.feature);
  const leading = features
    .filter((evidence) => matters(evidence.effect) && !position.includes(evidence))
    .toSorted(
      (a, b) => Math.abs(b.effect.mean) - Math.abs(a.effect.mean) || a.layer - b.layer || a.feature - b.feature,
    );
  return [
    ...position.map((evidence) => ({ evidence, role: 'position' as const })),
    ...leading.map((evidence) => ({ evidence, role: 'leading' as const })),
  ].slice(0, mostFeatures);
}
