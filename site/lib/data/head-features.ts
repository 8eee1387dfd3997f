import type { RunReader } from '../../../pipeline/store/reader.ts';
import { FEATURES_PER_BLOCK, type HeadRow } from '../../../pipeline/store/schema.ts';
import type { HeadFeature, HeadPage } from '../render/head-page.ts';
import { blockStart } from './feature-block.ts';

const EXAMPLES_KEPT = 3;

type Kept = Omit<HeadFeature, 'weight'>;

/** The pages of a layer's heads; each block of features that any of them needs is read once. */
export async function readHeadPages(reader: RunReader, rows: readonly HeadRow[]): Promise<HeadPage[]> {
  const layer = rows[0]?.layer ?? 0;
  const kept = await keepFeatures(reader, layer, new Set(rows.flatMap((row) => [...row.top_features])));
  return rows.map((row) => ({
    layer,
    head: row.head,
    row,
    features: [...row.top_features].flatMap((feature, i) => {
      const found = kept.get(feature);
      return found ? [{ ...found, weight: row.top_weights[i] ?? 0 }] : [];
    }),
  }));
}

async function keepFeatures(reader: RunReader, layer: number, wanted: ReadonlySet<number>): Promise<Map<number, Kept>> {
  const kept = new Map<number, Kept>();
  for (const from of new Set([...wanted].sort((a, b) => a - b).map(blockStart))) {
    const examples = await reader.examples(layer, from, from + FEATURES_PER_BLOCK);
    for (const row of await reader.features(layer, from, from + FEATURES_PER_BLOCK)) {
      if (!wanted.has(row.feature)) continue;
      const top = (examples.get(row.feature) ?? []).filter(({ interval }) => interval === 0);
      kept.set(row.feature, { row, top: top.slice(0, EXAMPLES_KEPT) });
    }
  }
  return kept;
}
