import { join } from 'node:path';
import { formatCount } from '../../../effects/pace.ts';
import { pathKind } from '../../../files/files.ts';
import { openQueries } from '../../../store/query.ts';
import { familyMixColumns, selectFamilyMix } from '../../families/family-mix.ts';
import { familyChecks } from '../../families/table.ts';
import { features } from '../../statistics/table.ts';

export interface FamilyCount {
  readonly family: string;
  readonly features: number;
}

/** How many live features of the run at OUT are of each family, most frequent first; nothing where OUT holds none. */
export async function runFamilies(out: string): Promise<FamilyCount[]> {
  if ((await pathKind(join(out, features.name))) !== 'folder') return [];
  const queries = await openQueries(out, [features, familyChecks]);
  try {
    const rows = await queries.rows(familyMixColumns, selectFamilyMix);
    const counts = [...Map.groupBy(rows, ({ family }) => family)].map(([family, own]) => ({
      family,
      features: own.reduce((sum, row) => sum + row.features, 0),
    }));
    return counts.sort((a, b) => b.features - a.features);
  } finally {
    queries.close();
  }
}

/** The same in words, a line each. */
export function familyLines(counts: readonly FamilyCount[]): string[] {
  const all = counts.reduce((sum, { features }) => sum + features, 0);
  if (all === 0) return [];
  const lines = counts.map(
    ({ family, features }) => `${family}: ${formatCount(features)} (${((100 * features) / all).toFixed(1)}%)`,
  );
  return [`family: of ${formatCount(all)} live features of the run`, ...lines];
}
