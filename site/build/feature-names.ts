import { labelSupport } from '../../pipeline/measures/labels/maths/label-support.ts';
import type { FeatureNameRow } from '../../pipeline/tables/feature-names.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { FeatureName, NameOf } from '../page-kit/feature-name.ts';

interface Named {
  readonly sae: string;
  readonly feature: number;
}

/** The name of a feature by its row: its best label, else its summary; nothing of a run that made none. */
function nameOfRow(row: FeatureNameRow): FeatureName | undefined {
  const { label, summary } = row;
  if (label !== null) {
    const support = labelSupport(row);
    return { text: label, isRule: false, isAtChance: support === 'chance' || support === 'below chance' };
  }
  return summary === '' ? undefined : { text: summary, isRule: true, isAtChance: false };
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
