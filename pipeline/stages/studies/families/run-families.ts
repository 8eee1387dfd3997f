import { join } from 'node:path';
import { pathKind } from '../../../io/files.ts';
import { familyMixColumns, selectFamilyMix } from '../../../store/family-mix.ts';
import { openQueries } from '../../../store/query.ts';
import { features } from '../../../store/schema.ts';

/** The families of the run at OUT, a line each, most frequent first; nothing where OUT holds no features. */
export async function runFamilies(out: string): Promise<string[]> {
  if ((await pathKind(join(out, features.name))) !== 'folder') return [];
  const queries = await openQueries(out, [features]);
  try {
    const rows = await queries.rows(familyMixColumns, selectFamilyMix);
    const all = rows.reduce((sum, row) => sum + row.features, 0);
    const counts = [...Map.groupBy(rows, ({ family }) => family)].map(([family, own]) => ({
      family,
      count: own.reduce((sum, row) => sum + row.features, 0),
    }));
    const lines = counts
      .sort((a, b) => b.count - a.count)
      .map(({ family, count }) => `${family}: ${count} (${((100 * count) / all).toFixed(1)}%)`);
    return lines.length > 0 ? [`family: of ${all} live features of the run`, ...lines] : [];
  } finally {
    queries.close();
  }
}
