import { recordingEffects } from '../../pipeline/effects.ts';
import type { HeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';
import type { FamilyCheckRow } from '../../pipeline/measures/families/table.ts';
import type { HeadRow, HeadVerdictRow } from '../../pipeline/measures/heads/table.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { run } from '../../pipeline/run.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { planted, plantedConfig } from './planted-case.ts';
import { temporaryFolder } from './reference-case.ts';

export interface Judged {
  /** What the feature was made to be; null where it was made dead. */
  readonly truth: string | null;
  readonly row: FeatureRow;
  readonly topExamples: readonly ExampleRow[];
  readonly check: FamilyCheckRow | undefined;
}

export interface PlantedRun {
  readonly judged: readonly Judged[];
  readonly heads: readonly HeadRow[];
  readonly circuits: readonly HeadCircuitsRow[];
  readonly verdicts: readonly HeadVerdictRow[];
  /** What the run told. */
  readonly lines: readonly string[];
  readonly updates: readonly string[];
}

/** Runs the model whose heads were made by hand, and reads its tables. */
export async function plantedRun(): Promise<PlantedRun> {
  const { effects, lines, updates } = recordingEffects();
  const config = await plantedConfig(await temporaryFolder());
  await run(config, effects);
  const reader = await openRun(config.out);
  const judged: Judged[] = [];
  for (const [layer, features] of planted.entries()) {
    const rows = await reader.features(String(layer), 0, features.length);
    const examples = await reader.examples(String(layer), 0, features.length);
    const checks = await reader.familyChecks(String(layer), 0, features.length);
    for (const [i, row] of rows.entries()) {
      const topExamples = (examples.get(row.feature) ?? []).filter(({ interval }) => interval === 0);
      judged.push({ truth: features[i]?.family ?? null, row, topExamples, check: checks.get(row.feature) });
    }
  }
  const heads = await reader.heads();
  const circuits = await reader.headCircuits();
  const verdicts = await reader.headVerdicts();
  reader.close();
  return { judged, heads, circuits, verdicts, lines, updates };
}
