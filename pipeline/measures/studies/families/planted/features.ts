import { pickOne, type Random, seededRandom } from '../../../../numbers/seeded-random.ts';
import type { Family } from '../../../families/maths/family-names.ts';
import { each, type PlantedLayout, type PlantedOptions, plantedHeads, plantedLayout } from './layout.ts';

/** A feature that reads heads whose work is known. */
export interface PlantedFeature {
  /** "unclear" for what no family describes; null for one made never to fire. */
  readonly family: Family | null;
  readonly reads: readonly { readonly head: number; readonly dim: number; readonly weight: number }[];
  readonly bias: number;
}

type Place = readonly [layer: number, head: number];

/** The features planted in a layer. Those of layer 0 read tokens, places and topics; those of layer 1 what was repeated. */
export function plantedFeatures(options: PlantedOptions): readonly (readonly PlantedFeature[])[] {
  const layout = plantedLayout(options);
  const random = seededRandom(options.seed, 1);
  return [lowerFeatures(layout, random), upperFeatures(layout)];
}

function lowerFeatures(layout: PlantedLayout, random: Random): PlantedFeature[] {
  const { topics, ordinary, landmarks, bos } = layout;
  const { previous, spread, itself, landmark, fiveBack, twelveBack } = plantedHeads;
  const half = () => pickSome(random, each(ordinary), ordinary >> 1);
  return [
    ...each(ordinary).map((id) => reader('previous token', previous, [id], -0.5)),
    ...topics.map((topic) => reader('high-level context', spread, topic, -0.3)),
    ...topics.flatMap((topic) =>
      each(3).map(() => {
        const part = pickSome(random, topic, topic.length - 1);
        return reader('high-level context', spread, part, (-0.3 * part.length) / topic.length);
      }),
    ),
    reader('BOS', spread, [bos], -0.01),
    reader('BOS', landmark, [bos], -0.5),
    ...each(ordinary).map((id) => reader('current token', itself, [id], -0.5)),
    ...each(8).map(() => {
      const topic = pickOne(random, topics);
      return pairReader(pickOne(random, topic), pickOne(random, topic));
    }),
    ...each(6).map(() => reader('local context', fiveBack, half(), -0.5)),
    ...landmarks.map((id) => reader('skip-gram', landmark, [id], -0.3)),
    ...each(6).map(() => reader('unclear', twelveBack, half(), -0.5)),
    reader(null, previous, [1], -99),
    reader(null, itself, [2], -99),
  ];
}

function upperFeatures({ ordinary, names, digits, length, vocabSize }: PlantedLayout): PlantedFeature[] {
  const { induction, duplicate, place, names: nameHead, successor, digits: digitHead } = plantedHeads;
  const stretch = Math.floor(length / 8);
  const ordered = digits.slice(0, -1);
  return [
    ...each(ordinary).map((id) => reader('induction', induction, [id], -0.3)),
    ...each(ordinary).map((id) => reader('duplicate token', duplicate, [id], -0.3)),
    ...each(8).map((i) =>
      reader(
        'positional',
        place,
        each(stretch).map((p) => vocabSize + stretch * i + p),
        -0.5,
      ),
    ),
    ...each(8).map((i) => reader('current token', place, [(2 * i) % ordinary], -0.5)),
    ...names.map((id) => reader('copying', nameHead, [id], -0.3)),
    ...ordered.map((id) => reader('succession', successor, [id], -0.5)),
    ...ordered.map((id) => reader('succession', digitHead, [id], -0.3)),
    reader(null, induction, [1], -99),
    reader(null, duplicate, [2], -99),
  ];
}

const reader = (family: Family | null, [, head]: Place, dims: readonly number[], bias: number): PlantedFeature => ({
  family,
  reads: dims.map((dim) => ({ head, dim, weight: 1 })),
  bias,
});

/** Fires on one token after another. */
function pairReader(before: number, now: number): PlantedFeature {
  const reads = [
    { head: plantedHeads.previous[1], dim: before, weight: 0.5 },
    { head: plantedHeads.itself[1], dim: now, weight: 0.5 },
  ];
  return { family: 'local context', reads, bias: -0.75 };
}

/** Some of a list's items, each at most once. */
function pickSome<T>(random: Random, items: readonly T[], count: number): T[] {
  const drawn = items.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at);
  return drawn.slice(0, count).map(({ item }) => item);
}
