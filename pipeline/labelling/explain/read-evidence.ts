import { FEATURES_PER_BLOCK } from '../../measures/statistics/table.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import type { RunReader } from '../../tables/reader.ts';
import type { ChosenFeatures } from './choose-features.ts';
import { type Evidence, textWindow } from './evidence.ts';
import { silentExamples } from './silent-examples.ts';
import { splitExamples } from './split-examples.ts';

/** Examples that an explainer is shown. */
const shownMost = 12;

export interface EvidenceOptions {
  readonly reader: RunReader;
  readonly tokenText: (id: number) => string;
  /** Held-out examples of a feature at most. */
  readonly heldOut: number;
  readonly seed: number;
}

/** The evidence of chosen features, read in blocks; of one that was never active there is none. */
export async function* readEvidence(
  chosen: readonly ChosenFeatures[],
  { reader, tokenText, heldOut: most, seed }: EvidenceOptions,
): AsyncGenerator<Evidence> {
  for (const { sae, features } of chosen) {
    const blocks = Map.groupBy(features, (feature) => feature - (feature % FEATURES_PER_BLOCK));
    for (const [from, own] of blocks) {
      const rows = await reader.features(sae.id, from, from + FEATURES_PER_BLOCK);
      const examples = await reader.examples(sae.id, from, from + FEATURES_PER_BLOCK);
      for (const feature of own) {
        const row = rows.find((candidate) => candidate.feature === feature);
        const { shown, heldOut } = splitExamples(examples.get(feature) ?? [], { shown: shownMost, heldOut: most });
        if (!row || shown.length === 0) continue;
        const silent = silentExamples(feature, examples, heldOut.length, seededRandom(seed, sae.layer, feature));
        const windows = [shown, heldOut, silent].map((list) => list.map((example) => textWindow(example, tokenText)));
        yield { row, shown: windows[0], heldOut: windows[1], silent: windows[2] };
      }
    }
  }
}
