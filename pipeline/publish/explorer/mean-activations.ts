import { FEATURES_PER_BLOCK } from '../../measures/statistics/table.ts';
import type { RunReader } from '../../tables/reader.ts';

/** Each feature's mean activation over all counted tokens of the corpus, those where it is silent among them: [dSae]. */
export async function meanActivations(
  reader: Pick<RunReader, 'features'>,
  { id, dSae }: { readonly id: string; readonly dSae: number },
): Promise<Float32Array> {
  const means = new Float32Array(dSae);
  for (let from = 0; from < dSae; from += FEATURES_PER_BLOCK) {
    for (const row of await reader.features(id, from, from + FEATURES_PER_BLOCK)) {
      means[row.feature] = row.count > 0 ? row.mean_active * row.density : 0;
    }
  }
  return means;
}
