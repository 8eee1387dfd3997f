import type { Engine } from '../engine/program.ts';
import type { NewComparedFeatureRow } from '../measures/comparison/table.ts';
import type { FeatureRow } from '../measures/statistics/table.ts';
import type { FeatureNameRow } from '../tables/feature-names.ts';
import { type NearestDecoder, nearestDecoders } from './nearest-decoders.ts';
import type { LoadWeights } from './open-weights.ts';
import type { SaePair } from './pair-saes.ts';

type Statistics = Pick<FeatureRow, 'feature' | 'family' | 'density' | 'max_activation'> & { readonly isAlive: boolean };

/** The features of an SAE of one run, and what they are called. */
export interface Side {
  readonly sae: string;
  /** Of all its features, by their numbers. */
  readonly rows: readonly Statistics[];
  readonly names: ReadonlyMap<number, Pick<FeatureNameRow, 'label' | 'summary'>>;
}

/** What decoder rows are compared with. */
export interface ComparedDecoders {
  readonly engine: Engine;
  readonly own: LoadWeights;
  readonly other: LoadWeights;
}

/** Of each live feature of either side the nearest of the other: its rows in the table. */
export async function matchRows(
  pair: SaePair,
  own: Side,
  other: Side,
  decoders: ComparedDecoders | undefined,
): Promise<NewComparedFeatureRow[]> {
  const { toOther, toOwn } =
    decoders && !pair.isSame ? await byDecoder(own, other, decoders) : bySameNumber(own, other);
  const row = rowMaker(pair, own, other);
  return [
    ...Array.from(toOther, ([feature, { feature: nearest, cosine }]) =>
      row('own', feature, nearest, cosine, toOwn.get(nearest)?.feature === feature),
    ),
    ...Array.from(toOwn, ([feature, { feature: nearest, cosine }]) =>
      row('other', nearest, feature, cosine, toOther.get(nearest)?.feature === feature),
    ).toSorted((a, b) => a.feature - b.feature || a.other_feature - b.other_feature),
  ];
}

type Nearest = ReadonlyMap<number, NearestDecoder>;
interface Matches {
  readonly toOther: Nearest;
  readonly toOwn: Nearest;
}

async function byDecoder(own: Side, other: Side, { engine, own: load, other: loadOther }: ComparedDecoders) {
  const mine = { wDec: (await load(own.sae)).wDec, features: aliveOf(own) };
  const theirs = { wDec: (await loadOther(other.sae)).wDec, features: aliveOf(other) };
  const found = await nearestDecoders(engine, mine, theirs);
  const back = await nearestDecoders(engine, theirs, mine);
  return { toOther: keyed(mine.features, found), toOwn: keyed(theirs.features, back) };
}

const keyed = (features: readonly number[], nearest: readonly NearestDecoder[]): Nearest =>
  new Map(nearest.map((found, i) => [features[i], found]));

/** With the same weights each feature is its own nearest, also where the other run never saw it active. */
function bySameNumber(own: Side, other: Side): Matches {
  const itself = (side: Side): Nearest => new Map(aliveOf(side).map((feature) => [feature, { feature, cosine: 1 }]));
  return { toOther: itself(own), toOwn: itself(other) };
}

const aliveOf = ({ rows }: Side): number[] => rows.filter(({ isAlive }) => isAlive).map(({ feature }) => feature);

function rowMaker({ own: { row } }: SaePair, own: Side, other: Side) {
  const [mine, theirs] = [own, other].map(({ rows }) => new Map(rows.map((one) => [one.feature, one])));
  return (
    nearest_of: 'own' | 'other',
    feature: number,
    other_feature: number,
    cosine: number,
    is_mutual: boolean,
  ): NewComparedFeatureRow => {
    const [a, b] = [mine.get(feature), theirs.get(other_feature)];
    const name = other.names.get(other_feature);
    return {
      ...{
        layer: row.layer,
        sae: own.sae,
        other_sae: other.sae,
        nearest_of,
        feature,
        other_feature,
        cosine,
        is_mutual,
      },
      ...{ family: a?.family ?? null, other_family: b?.family ?? null },
      ...{ density: a?.density ?? Number.NaN, other_density: b?.density ?? Number.NaN },
      ...{ max_activation: a?.max_activation ?? Number.NaN, other_max_activation: b?.max_activation ?? Number.NaN },
      other_label: name?.label ?? null,
      other_summary: name?.summary ?? '',
    };
  };
}
