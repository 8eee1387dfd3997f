import { attributionShares } from '../../pipeline/measures/heads/maths/head-attribution.ts';
import type { HeadRow } from '../../pipeline/measures/heads/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { HeadPage } from '../compose/head-page.ts';
import type { HeadFeature } from '../measures/heads/head-feature.ts';
import type { HeadSequence } from '../measures/sequences/sequences.ts';
import { readSources, sourceIn } from './context-sources.ts';
import { readNames } from './feature-names.ts';

const EXAMPLES_KEPT = 3;

type Kept = Omit<HeadFeature, 'weight' | 'attribution'> & {
  /** By head, over all its top examples. */
  readonly shares: Float32Array;
};

/** The pages of a layer's heads as one of its SAEs shows them; the features that any of them needs are read once. */
export async function readHeadPages(reader: RunReader, rows: readonly HeadRow[]): Promise<HeadPage[]> {
  const { layer, sae } = rows.at(0) ?? { layer: 0, sae: '' };
  const circuits = (await reader.headCircuits()).filter((row) => row.layer === layer);
  const verdicts = (await reader.headVerdicts()).filter((row) => row.sae === sae);
  const kept = await keepFeatures(reader, sae, new Set(rows.flatMap((row) => [...row.top_features])));
  const leading = rows.flatMap(({ family_mix }) => (family_mix ?? []).flatMap((family) => [...family.leading]));
  const named = new Set([...kept.keys(), ...leading]);
  const nameOf = await readNames(
    reader,
    Array.from(named, (feature) => ({ sae, feature })),
  );
  const sequences = await readSequences(reader, layer);
  return rows.map((row) => ({
    layer,
    sae,
    head: row.head,
    row,
    verdicts: verdicts.filter(({ head }) => head === row.head),
    nameOf,
    sequences: sequences.get(row.head),
    circuits: circuits.find(({ head }) => head === row.head),
    features: [...row.top_features].flatMap((feature, i) => {
      const found = kept.get(feature);
      if (!found) return [];
      const { shares, ...own } = found;
      return [{ ...own, name: nameOf(sae, feature), weight: row.top_weights[i], attribution: shares[row.head] }];
    }),
  }));
}

/** By head, with the contexts and the documents that they are of. */
async function readSequences(reader: RunReader, layer: number): Promise<ReadonlyMap<number, HeadSequence[]>> {
  const rows = await reader.headSequences(layer);
  const sources = await readSources(reader, new Set(rows.map(({ context }) => context)));
  const sourceOf = sourceIn(sources);
  const sequences = rows.flatMap((row): HeadSequence[] => {
    const context = sources.contexts.get(row.context);
    return context ? [{ row, tokenIds: context.token_ids, source: sourceOf(row.context) }] : [];
  });
  return Map.groupBy(sequences, ({ row }) => row.head);
}

/** What heads name is spread over all of an SAE: to read it in whole blocks would hold nearly every example. */
async function keepFeatures(reader: RunReader, sae: string, wanted: ReadonlySet<number>): Promise<Map<number, Kept>> {
  const examples = await reader.topExamples(sae, [...wanted]);
  const rows = await reader.featuresAmong(sae, [...wanted]);
  const kept = rows.map((row): [number, Kept] => {
    const top = examples.get(row.feature) ?? [];
    const byHead = top.flatMap(({ dfa_head }) => (dfa_head ? [dfa_head] : []));
    const shares = attributionShares(byHead, row.head_weights.length);
    return [row.feature, { row, top: top.slice(0, EXAMPLES_KEPT), shares }];
  });
  return new Map(kept);
}
