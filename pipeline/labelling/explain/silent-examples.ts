import type { ExampleRow } from '../../measures/statistics/table.ts';
import { pickOne, type Random } from '../../numbers/seeded-random.ts';

/** Draws that may fail for each example wanted: a feature may have hardly any neighbours with examples. */
const patience = 20;

/**
 * Examples of other features of the SAE, a feature drawn at random for each, in contexts that no known example of this
 * feature is from, each context once. Their activations are set to 0: they are the other feature's.
 */
export function silentExamples(
  feature: number,
  byFeature: ReadonlyMap<number, readonly ExampleRow[]>,
  count: number,
  random: Random,
): ExampleRow[] {
  const taken = new Set((byFeature.get(feature) ?? []).map(({ context }) => context));
  const others = [...byFeature.keys()].filter((other) => other !== feature);
  const found: ExampleRow[] = [];
  for (let draw = 0; others.length > 0 && found.length < count && draw < patience * count; draw++) {
    const own = byFeature.get(pickOne(random, others)) ?? [];
    if (own.length === 0) continue;
    const example = pickOne(random, own);
    if (taken.has(example.context)) continue;
    taken.add(example.context);
    found.push({ ...example, activations: new Float32Array(example.activations.length), dfa_source: null });
  }
  return found;
}
