import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { FeatureName, NameOf } from '../page-kit/feature-name.ts';
import { nameOfRow } from '../page-kit/name-of-row.ts';

interface Named {
  readonly sae: string;
  readonly feature: number;
}

/** What some features are called. */
export type NamesOf = (features: Iterable<Named>) => Promise<NameOf>;

/** So many names are held, some 100 bytes each: to read those of a block's neighbours passes all features. */
const MOST_HELD = 600_000;

/** Where many blocks are read: the names of all features, read at the first, or of a run of more those of each block. */
export function heldNames(reader: RunReader): NamesOf {
  if (reader.counts.features > MOST_HELD) return (features) => readNames(reader, features);
  let held: Promise<NameOf> | undefined;
  return () => {
    held ??= readAllNames(reader);
    return held;
  };
}

async function readAllNames(reader: RunReader): Promise<NameOf> {
  const names = new Map<string, (FeatureName | undefined)[]>();
  for (const sae of reader.saeIds) {
    const own: (FeatureName | undefined)[] = [];
    for (const row of await reader.featureNames(new Map([[sae, undefined]]))) own[row.feature] = nameOfRow(row);
    names.set(sae, own);
  }
  return (sae, feature) => names.get(sae)?.at(feature);
}

/** Reads what some features are called, in one query. */
export async function readNames(reader: RunReader, features: Iterable<Named>): Promise<NameOf> {
  const wanted = new Map<string, Set<number>>();
  for (const { sae, feature } of features) wanted.set(sae, (wanted.get(sae) ?? new Set()).add(feature));
  if (wanted.size === 0) return () => undefined;
  const rows = await reader.featureNames(new Map([...wanted].map(([sae, own]) => [sae, [...own]])));
  const names = new Map(rows.map((row) => [`${row.sae}/${row.feature}`, nameOfRow(row)]));
  return (sae, feature) => names.get(`${sae}/${feature}`);
}
